// @ts-check
import { agentName } from '../shared/protocol.js';

/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */

/** What agents read about a state change: the visitors' sentences would confuse them. */
const SENTENCES = /** @type {Record<string, string>} */ ({
  escalated: '{visitor} asked for a person.',
  bot_gave_up: 'The bot asked for a person.',
  line_full: 'A person was asked for, but the line is full. The bot continues.',
  address_full: 'A person was asked for, but too many visitors from that address are already waiting. The bot continues.',
  cancelled: '{visitor} no longer waits. The bot answers again.',
  nobody_came: 'Nobody came in time. The bot answers again.',
  taken: '{agent} joined the chat.',
  assigned: 'The chat was assigned to {agent}.',
  returned: '{by} handed the chat back to the bot.',
  transferred: '{by} put the chat back into the queue.',
  agent_gone: 'The agent went offline. The chat waits again.',
  no_answer: 'The agent did not answer in time. The chat waits again.',
  by_agent: '{by} closed the chat.',
  by_visitor: '{visitor} ended the chat.',
  stepped_in: '{agent} stepped in.',
  email_left: '',
  named: 'The visitor’s name is {called}.',
  missed_full: 'The address was not taken: too many chats are missed already.',
  dealt: '{by} marked it as done.',
  idle: 'The chat was closed, since nobody wrote for a while.',
});

/**
 * What happened, in words for agents; undefined for an unknown reason.
 * @param {ChatEvent} event
 * @param {string} visitor the visitor's name
 * @returns {string|undefined}
 */
export function sentence(event, visitor) {
  const names = /** @type {Record<string, string>} */ ({ agent: agentName(event.agent) || 'A person', visitor, by: event.from.name || 'The agent', called: event.called || visitor });
  return SENTENCES[event.reason ?? '']?.replace(/\{(\w+)\}/g, (_, name) => names[name]);
}
