// @ts-check
// Every sentence that the visitor's page has of its own. Another language is another file
// like this one: what depends on a number or a name is a function, and nothing is glued.
import { face } from '../shared/face.js';
import { html } from '../shared/vdom.js';
import { ordinal, plural } from '../shared/words.js';

/** @typedef {any} Piece a name as an element, in its own direction */

/** A name, whose direction is its own. */
const named = (/** @type {string} */ name) => html`<bdi>${name}</bdi>`;

/** The words that a site may replace with its own (face.texts), by key. */
const TEXTS = {
  /** the head before a chat begins */
  title: 'Chat with us',
  /** below it */
  subtitle: 'Ask us anything',
  /** the first sentence of the page */
  greeting: 'Hi there! How can we help?',
  /** what happens next, below the button that begins */
  after: 'You can talk to a person any time.',
  /** the field */
  placeholder: 'Write a message…',
};

/**
 * A text that a site may replace.
 * @param {keyof typeof TEXTS} key
 * @returns {string}
 */
export function own(key) {
  const { title, greeting, texts } = face.value;
  return (key === 'title' && title) || (key === 'greeting' && greeting) || texts?.[key] || TEXTS[key];
}

/** A wait: less than a minute, about 3 minutes, about 2 hours. */
function wait(/** @type {number} */ ms) {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'Less than a minute';
  return minutes < 90 ? plural(minutes, 'About # minute', 'About # minutes') : plural(Math.round(minutes / 60), 'About # hour', 'About # hours');
}

export const words = {
  // Who answers.
  support: 'Support',
  bot: 'Answers right away',
  botLater: 'Answers once you’re connected',
  inLine: 'You’re in line',
  placeInLine: (/** @type {number} */ place) => `You’re ${ordinal(place)} in line`,
  // True also of a line that nobody moves: no time is promised without an estimate.
  soon: 'We’ll be with you as soon as we can',
  busy: 'Everyone’s helping someone else right now',
  nobody: 'Nobody’s free right now',
  wait,
  fromSupport: (/** @type {string} */ name) => html`<bdi>${name}</bdi> from support`,
  person: 'You’re talking to a person',
  closed: 'This chat is closed',
  reopen: 'Write to reopen it',
  unread: (/** @type {number} */ n, /** @type {string} */ title) => `(${n}) ${title}`,
  typing: (/** @type {string} */ name) => `${name} is typing…`,
  slow: 'This is taking longer than usual.',
  gone: 'The bot isn’t available right now. You can ask for a person.',
  sent: 'Sent',
  read: 'Read',
  log: 'Chat messages',

  // The beginning.
  online: (/** @type {string[]} */ names, /** @type {number} */ count) => {
    const [a, b] = names.map(named);
    if (count === 1) return html`${a} is online`;
    if (count === 2) return html`${a} and ${b} are online`;
    return count === 3 ? html`${a}, ${b} and one other are online` : html`${a}, ${b} and ${String(count - 2)} others are online`;
  },
  replies: (/** @type {number} */ ms) => {
    const minutes = Math.round(ms / 60_000);
    if (minutes < 1) return 'Usually replies in under a minute';
    return minutes < 90 ? plural(minutes, 'Usually replies in about # minute', 'Usually replies in about # minutes') : plural(Math.round(minutes / 60), 'Usually replies in about # hour', 'Usually replies in about # hours');
  },
  botAnswers: (/** @type {string} */ bot) => html`${named(bot)} answers right away`,
  botConnects: (/** @type {string} */ bot) => html`${named(bot)} answers once you’re connected`,
  starters: 'Questions to start with',
  yourQuestion: 'Your question',
  dropQuestion: 'Remove this question',
  nameFirst: 'First, what should we call you?',
  yourName: 'Your name',
  noName: 'Please enter your name.',
  badName: 'That name can’t be used. Please try another one.',
  start: 'Start chat',
  startAs: (/** @type {string} */ name) => html`Start chat as ${named(name)}`,
  starting: 'Starting…',
  goOnAs: 'Or go on as',
  knownNames: 'Names used in this browser',
  anonymous: 'Visitor',
  switchTitle: 'Switch visitor',
  switchLead: 'The chat you’re looking at is replaced by the one under the name you enter.',
  back: 'Back to the chat',
  noToken: 'This chat opens from the website it belongs to, which tells us who you are. Please open it there.',

  callYou: 'What should we call you?',
  save: 'Save',
  notNow: 'Not now',

  // The field.
  message: 'Your message',
  send: 'Send',
  toReopen: 'Write to reopen this chat…',
  toPerson: 'Talk to a person', whichTeam: 'Who can help you?', anyTeam: 'I’m not sure',
  stopWaiting: 'Stop waiting',
  end: 'End chat…',
  keep: 'Keep chatting',
  endSure: 'End the chat',
  endAsk: 'Do you want to end this chat?',

  // The menu.
  menu: 'Menu',
  chattingAs: (/** @type {string} */ name) => html`Chatting as <strong>${named(name)}</strong>`,
  switch: 'Switch visitor…',
  sound: 'Message sound',
  anew: 'Start over…',
  forget: 'Forget this browser…',
  privacy: 'Privacy',
  close: 'Close the chat window',

  // Starting over, forgetting and privacy.
  anewTitle: 'Start over?',
  anewLead: 'A new, empty chat begins, and this one disappears from this browser for good. The people who answered you can still see it.',
  anewDo: 'Start a new chat',
  anewBusy: 'Starting…',
  forgetTitle: 'Forget this browser?',
  forgetLead: 'Your chats disappear from this browser and can’t be opened again, here or with a copy of what it kept. The people who answered you can still see them.',
  forgetDo: 'Forget this browser',
  forgetBusy: 'Forgetting…',
  halfForgotten: 'This browser has forgotten its chats, but we couldn’t reach the server: a copy of what the browser kept would still open them.',
  privacyTitle: 'Your privacy',
  privacyText: [
    'What you write here is read by our bot and by the people who answer you, and it is kept so that you can come back to it.',
    'This browser keeps your name, your unsent words and a key to your chat. It uses no cookies for that, and it tells nobody else.',
    'You can have this browser forget all of it at any time, in the menu.',
  ],

  // The rating.
  howWas: (/** @type {string} */ agent) => html`How was your chat with ${named(agent)}?`,
  scores: ['', 'Bad', 'Poor', 'Okay', 'Good', 'Great'],
  score: (/** @type {number} */ n) => `${n} of 5, ${['', 'bad', 'poor', 'okay', 'good', 'great'][n]}`,
  thanks: 'Thanks for your rating!',
  thanksForWords: 'Thanks, that helps us.',
  addWords: 'Anything you’d like to add?',
  addWordsHint: 'Optional. Press Enter to send.',

  // Nobody is there who could answer.
  sorry: 'Sorry, nobody’s free right now.',
  leaveEmail: 'Leave your email and we’ll get back to you.',
  keepPlace: 'You’ll keep your place in line.',
  emailHint: 'you@example.com',
  badEmail: 'Please enter one email address, like ada@example.com.',
  leave: 'Leave email',

  // What went wrong.
  notLoaded: 'That didn’t load. Please try again.',
  olderNotLoaded: 'Older messages couldn’t be loaded.',
};
