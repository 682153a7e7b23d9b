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
 * Tells the agent that something happened in a chat. What is about the same thing
 * replaces what was told of it before.
 * @param {string} chat
 * @param {string} text
 * @param {string} [about] the chat, unless told
 */
export function alertAbout(chat, text, about = chat) {
  if (sound.value) tone();
  if (!notifications.value || !allowed() || document.hasFocus()) return;
  try {
    const shown = new Notification('Parley', { body: text.slice(0, 200), tag: `parley-${about}`, icon: '/static/icons/chat.svg' });
    shown.onclick = () => {
      window.focus();
      onPressed(chat);
      shown.close();
    };
  } catch {
    // Phones show them for service workers only; the marks on the page remain.
  }
}

/** @type {AudioContext|null} */
let audio = null;
let last = 0;

/** Two short soft notes, made here; not more than once in two seconds. */
async function tone() {
  if (Date.now() - last < 2_000) return;
  last = Date.now();
  try {
    audio ??= new AudioContext();
    // Until somebody has pressed something on this page it may not play, and what was
    // told meanwhile must not be played in one heap then.
    await audio.resume();
    if (Date.now() - last > 1_000) return;
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
