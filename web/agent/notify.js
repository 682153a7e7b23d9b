// @ts-check
import { local } from '../shared/local.js';
import { signal } from '../shared/vdom.js';

const SOUND = 'parley.agent.sound';
const NOTES = 'parley.agent.notifications';

/** Whether a tone is played. Chosen, never forced. */
export const sound = signal(local.get(SOUND) === 'on');
/** Whether the system shows notifications. */
export const notifications = signal(local.get(NOTES) === 'on' && allowed());
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
  local.set(SOUND, on ? 'on' : 'off');
  if (on) tone();
}

/**
 * Turns notifications on, if the browser lets them, or off.
 * @param {boolean} on
 * @returns {Promise<boolean>} whether it is now as wanted
 */
export async function setNotifications(on) {
  const granted = on && 'Notification' in window && (await Notification.requestPermission()) === 'granted';
  notifications.value = granted;
  local.set(NOTES, granted ? 'on' : 'off');
  return granted === on;
}

/**
 * Tells the agent that something happened in a chat. What concerns one chat
 * replaces what was told of it before.
 * @param {string} chat
 * @param {string} text
 */
export function alertAbout(chat, text) {
  if (sound.value) tone();
  if (!notifications.value || !allowed() || document.hasFocus()) return;
  const shown = new Notification('Parley', { body: text.slice(0, 200), tag: `parley-${chat}`, icon: '/static/icons/chat.svg' });
  shown.onclick = () => {
    window.focus();
    onPressed(chat);
    shown.close();
  };
}

/** @type {AudioContext|null} */
let audio = null;
let last = 0;

/** Two short soft notes, made here; not more than once in two seconds. */
function tone() {
  if (Date.now() - last < 2_000) return;
  last = Date.now();
  try {
    audio ??= new AudioContext();
    for (const [at, pitch] of [[0, 660], [0.12, 880]]) {
      const [oscillator, gain] = [audio.createOscillator(), audio.createGain()];
      const start = audio.currentTime + at;
      oscillator.frequency.value = pitch;
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(0.12, start + 0.015);
      gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.25);
      oscillator.connect(gain).connect(audio.destination);
      oscillator.start(start);
      oscillator.stop(start + 0.3);
    }
  } catch {
    // No audio here; the marks on the page remain.
  }
}
