// @ts-check
import { set, wrong } from './state.js';
import { words } from './words.js';

const SIDE = 256; // pixels, of a picture as it is kept
const MOST = 20e6; // bytes, of a file that is tried at all

/**
 * Takes a picture that the admin chose: makes it small enough and puts it into the form.
 * @param {string} name logo or avatar
 * @param {HTMLInputElement} input
 */
export async function choose(name, input) {
  const file = input.files?.[0];
  input.value = '';
  if (!file) return;
  if (file.type.includes('svg')) return wrong(name, words.svg);
  if (file.size > MOST) return wrong(name, words.huge);
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    set(name, canvas.toDataURL('image/png'));
    wrong(name, '');
  } catch {
    wrong(name, words.unreadable);
  }
}
