// @ts-check

/** Every sentence about teams on this page. */
export const words = {
  title: 'Teams',
  lead: 'Each team has its own line. A page of your site can send its visitors to one; everybody else waits in the line that all agents share.',
  none: 'No teams yet. With one line for everybody you may not need any.',
  add: 'Add a team', edit: 'Edit', editOf: (/** @type {string} */ name) => `Edit ${name}`, save: 'Save team', saving: 'Saving…', cancel: 'Cancel', remove: 'Delete team…',
  fresh: 'New team', name: 'Name', members: 'Members', noPeople: 'Nobody else has an account yet. Invite people in the console.',
  capacity: 'Chats per member', capacityHint: 'How many each member is given at once. Leave it empty to use the usual number.',
  fallback: 'When nobody in the team is there', wait: 'The chats wait for the team', to: (/** @type {string} */ name) => `${name} gets the chats`,
  automatic: 'Give chats to members automatically', automaticHint: 'Otherwise, members take them from the line.',
  about: 'What the team is for', aboutHint: 'One line, such as “Invoices, refunds and payment methods”. With a language model, the bot reads it to choose the team.',
  words: 'Words that name the team', wordsHint: 'With commas between, such as “invoice, refund, credit note”. The bot asks this team when a visitor uses one of them.',
  nobody: 'Nobody', gone: (/** @type {string} */ user) => `${user} (can’t answer chats)`, more: (/** @type {number} */ n) => `${n} more`,
  auto: 'given out automatically', waiting: (/** @type {number} */ n) => (n === 1 ? '1 person is waiting' : `${n} people are waiting`),
  ask: 'Ask visitors which team they need', askHint: 'They choose when they ask for a person, unless the page they’re on has a team.',
  own: 'Agents read only the chats of their own teams', ownHint: 'And those of everybody’s line. Supervisors and admins read all chats.', owns: 'Agents read only their own teams’ chats now.', ownsNot: 'Agents read all chats now.',
  saved: (/** @type {string} */ name) => `${name} is saved.`, deleted: (/** @type {string} */ name) => `${name} is deleted.`, asks: 'Visitors choose a team now.', asksNot: 'Visitors aren’t asked for a team any more.',
  deleteTitle: (/** @type {string} */ name) => `Delete ${name}?`,
  where: (/** @type {number} */ n) => (n > 0 ? `${words.waiting(n)} for this team. Where should their chats go?` : 'Where should its chats go?'),
  everybody: 'The line that everybody shares', keep: 'Keep the team', really: 'Delete',
  changed: (/** @type {string} */ by) => `${by || 'Somebody'} changed the teams in the meantime. What you typed is still here; have a look and save again.`,
};
