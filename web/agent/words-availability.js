// @ts-check
// The sentences of who is available, and of how many chats somebody may have: see words.js.
import { plural } from '../shared/words.js';

export const availability = {
  available: 'Available',
  /** Beneath the switch, while the agent is away. */
  keeps: (/** @type {number} */ n) => (n > 0 ? `You’re given no new chats. The ${plural(n, 'chat you have stays', '# chats you have stay')} yours.` : 'You’re given no new chats. You can still take one yourself.'),
  away: 'You’re away',
  back: 'I’m back',
  /** The account button of somebody who is away, behind its name. */
  isAway: ', away',
  awayAs: (/** @type {string} */ name) => `${name} (away)`,
  goAway: 'Go away: get no new chats',
  comeBack: 'Come back: get new chats again',
  also: 'available busy pause break lunch offline status',
  shortcuts: { a: 'Available, or away' },
  /** In the list of people. */
  capacity: 'Chats at once',
  capacityOf: (/** @type {string} */ name) => `Chats at once for ${name}`,
  everybodys: 'as all',
  saved: (/** @type {string} */ name, /** @type {number} */ n) => (n > 0 ? `${name} may have ${plural(n, 'one chat', '# chats')} at once.` : `${name} may have as many chats as everybody.`),
  awayState: 'away',
};
