// @ts-check
// The frames that travel over the sockets. Types only: nothing runs here.

/** @typedef {'bot'|'waiting'|'live'|'closed'} Status who answers in a chat */
/** @typedef {'visitor'|'bot'|'agent'|'system'} Role */
/** @typedef {{role: Role, name?: string, user?: string}} Speaker */
/** @typedef {'message'|'ask'|'reply'|'say'|'state'|'note'|'card'} Kind what an event is: one of the table in pkg/chat/kind.go */

/**
 * @typedef {object} ChatEvent one entry of a chat's log
 * @property {number} seq
 * @property {number} [prev] the sequence before it among those that this viewer may see, 0 for the first
 * @property {string} at RFC 3339
 * @property {Kind} kind
 * @property {string} [id] the client's id, if a client sent it
 * @property {Speaker} from
 * @property {string} [text]
 * @property {string} [passage] the whole passage that a reply's text is a part of
 * @property {File[]} [files]
 * @property {Source[]} [sources] of a reply: the pages that it comes from
 * @property {Choice[]} [choices] of a reply: what may be pressed
 * @property {string} [choice] of a message: the id of the choice that was pressed
 * @property {'escalate'|'cancel'|'close'|'rate'|'leave_email'|'name'} [what] of an ask
 * @property {number} [score] of a rating, 1 to 5
 * @property {string} [email] of a leave_email, for agents only
 * @property {Status} [status] the chat's status after it
 * @property {string|{user?: string, name: string}} [agent] who answers after it
 * @property {string} [reason] of a state
 * @property {string} [called] of a state: the name that the visitor gave
 * @property {string} [until] of a state: until when the chat rests, for agents only
 * @property {Card} [card] of a card: what is written on the chat after it, for agents only
 * @property {number} [visit] of a reply, say or state: which of the chat's visits it is, for agents only
 * @property {number} [through] the last of the visitor's sequences that a reply covers
 */

/** @typedef {{title?: string, tags?: string[], attributes?: {key: string, value: string, by?: string}[], address?: string, language?: string}} Card what is written on a chat, for agents only */
/**
 * @typedef {object} File a file of an event, or of what is not sent yet
 * @property {string} id
 * @property {string} name
 * @property {string} type its media type
 * @property {number} size in bytes
 * @property {string} [hash]
 * @property {number} [width] of a picture as it is shown
 * @property {number} [height]
 * @property {boolean} [thumb] whether there is a small picture of it
 * @property {string} [alt] what is seen or heard
 * @property {string} [ticket] with which a message names it, once it is uploaded
 * @property {string} [error] why it can't be sent
 * @property {boolean} [lost] it has to be chosen again
 */
/** @typedef {{title: string, url?: string}} Source a page */
/** @typedef {{label: string, id?: string, do?: string, team?: string}} Choice a button below a reply */

/**
 * @typedef {object} Frame any frame from the server; `t` says which fields it has
 * @property {string} t
 * @property {string} [id]
 * @property {string} [code]
 * @property {string} [message]
 * @property {string} [refused] of a macro: what was not done
 * @property {string} [at] of a draft
 * @property {boolean} [internal] of a draft: it is for agents only
 * @property {number} [edition] of a draft
 * @property {boolean} [other] of a draft: it is of another device
 * @property {string} [detail] of an error: what a developer needs to know, for the console
 * @property {number} [retry_after_ms]
 * @property {string} [chat]
 * @property {string} [name]
 * @property {string} [token]
 * @property {Status} [status]
 * @property {any} [agent]
 * @property {number} [seq]
 * @property {boolean} [more]
 * @property {any} [files] of a welcome: what may be sent
 * @property {number} [read] how far the other side has read
 * @property {About} [about] what is known of the visitor
 * @property {Card} [card] what is written on the chat
 * @property {any} [face] how the chat looks now
 * @property {number} [face_revision] which face the page should have; absent if admins changed nothing
 * @property {ChatEvent[]} [events]
 * @property {string} [what]
 * @property {Speaker} [from]
 * @property {boolean} [on]
 * @property {boolean} [writes] of an agent who has the chat in view
 * @property {string} [turn]
 * @property {number} [pos]
 * @property {string} [text]
 * @property {{key: string, value: string}[]} [attributes] of a signal that the visitor is here: what the page says
 * @property {number} [place]
 * @property {number} [waiting]
 * @property {number} [about_ms]
 * @property {boolean} [nobody] no agent is online
 * @property {boolean} [busy] each agent who is online has a chat already
 * @property {string} [email] that the visitor left
 * @property {string} [called] the name that the visitor gave in the chat
 * @property {boolean} [missed] nobody has dealt with that
 * @property {DeskEntry[]} [desk]
 * @property {DeskEntry} [set]
 * @property {string} [gone]
 * @property {number} [closed] of an ack: chats that were closed together
 * @property {number} [left] and how many are left
 * @property {Person[]} [online]
 * @property {string[]} [away] regions that can't be reached
 * @property {Person[]} [agents]
 * @property {ChatSummary[]} [chats]
 * @property {string} [before] where the next part of them begins
 * @property {Mention[]} [mentions]
 */

/** @typedef {{user: string, name: string, role?: 'admin'|'supervisor'|'agent'|'reader', unnamed?: boolean, away?: boolean}} Person an agent; `away`: is given no chats; `unnamed`: nobody has chosen the name */
/** @typedef {{chat: string, seq: number, by: string, at: string}} Mention a note that mentions this agent, who has not seen it */


/**
 * @typedef {object} DeskEntry a chat that is waiting, live or missed
 * @property {string} chat
 * @property {string} name
 * @property {Status} status
 * @property {Person} [agent]
 * @property {string} [since]
 * @property {string} [asked]
 * @property {number} [seq]
 * @property {string} [missed] when the visitor left an email address that nobody has dealt with
 * @property {string} [email] that address
 * @property {string} [team] the id of the team that it is for
 * @property {string[]} [tags] those of the chat's card
 * @property {boolean} [snoozed] whether its agent lets it rest
 * @property {string} [until] until when; absent: until the visitor writes
 * @property {string} [woke] when it woke up, until the agent says something
 * @property {string} [source] the same for chats from one address; absent if that is not known
 */

/**
 * @typedef {object} About what a visitor's page said of itself, as far as it did
 * @property {string} [page]
 * @property {string} [language] a tag of BCP 47
 * @property {string} [zone] a name of the IANA database
 * @property {string} [device]
 * @property {string} [referrer] the page of another site that led to this one
 * @property {{key: string, value: string}[]} [attributes] what the page says of the visitor for the site
 * @property {string} seen RFC 3339
 * @property {number} visits this one included
 */

/**
 * @typedef {object} ChatSummary a chat in the list of all
 * @property {string} chat
 * @property {string} name
 * @property {Status} status
 * @property {string|Person} [agent]
 * @property {number} [seq]
 * @property {string} [at]
 * @property {string} [text]
 * @property {string} [site] the host of the page that the chat is in
 * @property {string[]} [tags] those of the chat's card
 * @property {string} [team] the id of the team that it is for
 */

/** How many characters (code points) one text may have. */
export const MAX_TEXT = 4000;

/**
 * The display name from a field that holds a name or a person.
 * @param {string|{name: string}|null|undefined} agent
 * @returns {string}
 */
export function agentName(agent) {
  return typeof agent === 'string' ? agent : agent?.name ?? '';
}
