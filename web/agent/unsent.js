// @ts-check
import { local } from '../shared/local.js';

/**
 * The chats with something unsent from an earlier visit to this page.
 * @param {string} user
 */
export function unsent(user) {
  const prefix = `parley.agent.${user}.out.`;
  return new Set(local.keys(prefix).map((key) => key.slice(prefix.length).split('.')[0]));
}
