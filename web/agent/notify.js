// @ts-check
import { local } from '../shared/local.js';
import { base } from '../shared/socket.js';
import { tone } from '../shared/tone.js';
import { signal } from '../shared/vdom.js';

const SOUND = 'parley.agent.sound';
const NOTES = 'parley.agent.notifications';

/** Whether a tone is played: opt-in. */
export const sound = signal(local.get(SOUND) === 'on');
/** Whether the system shows notifications. */
export const notifications = signal(local.get(NOTES) === 'on' && allowed());
/** Whether somebody chose in this browser, one way or the other. */
export const chosen = signal(local.get(SOUND) !== null || local.get(NOTES) !== null);
/** @type {(chat: string) => void} brings a chat into view, when its notification is pressed */
let onPressed = () => {};

/** @param {(chat: string) => void} pressed */
export function whenPressed(pressed) {
  onPressed = pressed;
}

function allowed() {
  return 'Notification' in window && Notification.permission === 'granted';
}

/** @param {boolean} on */
export function setSound(on) {
  sound.value = on;
  chosen.value = true;
  local.set(SOUND, on ? 'on' : 'off');
  if (on) tone();
}

/**
 * Turns notifications on, if the browser lets them, or off.
 * @param {boolean} on
 * @returns {Promise<boolean>} whether it is now as requested
 */
export async function setNotifications(on) {
  const granted = on && 'Notification' in window && (await Notification.requestPermission()) === 'granted';
  notifications.value = granted;
  chosen.value = true;
  local.set(NOTES, granted ? 'on' : 'off');
  return granted === on;
}

/**
 * Notifies the agent that something happened in a chat. A notification replaces an
 * earlier one about the same thing.
 * @param {string} chat
 * @param {string} text
 * @param {string} [about] what it is about; default: the chat
 */
export function alertAbout(chat, text, about = chat) {
  if (sound.value) tone();
  if (!notifications.value || !allowed() || document.hasFocus()) return;
  try {
    const shown = new Notification('Parley', { body: text.slice(0, 200), tag: `parley-${about}`, icon: `${base}/static/icons/chat.svg` });
    shown.onclick = () => {
      window.focus();
      onPressed(chat);
      shown.close();
    };
  } catch {
    // Phones show them for service workers only; the badges on the page remain.
  }
}
