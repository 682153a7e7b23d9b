// @ts-check
import { newID } from '../shared/ids.js';
import { offer } from './kit.js';
import { base } from './upload.js';

/** @typedef {import('../shared/files.js').Place} Place */
/** @typedef {import('../shared/protocol.js').File} File */

/** How long a new grant may take, and how long before its end an old one is renewed. */
const PATIENCE_MS = 8_000;
const LEFT_MS = 60_000;

/**
 * Where a file is read.
 * @param {Place} place
 * @param {File} file
 * @param {'thumb'|'save'|''} [how]
 */
export function address(place, file, how = '') {
  const { grant } = offer.value ?? {};
  const query = new URLSearchParams({ ...(grant ? { grant } : {}), ...(how ? { [how]: '1' } : {}) }).toString();
  return `${base}/api/files/${place.id()}/${file.id}${query ? `?${query}` : ''}`;
}

/** Whether links that are made now are good for a while. Agents have no grant, but a cookie. */
export function fresh() {
  const { until } = offer.value ?? {};
  return !until || Date.parse(until) - Date.now() > LEFT_MS;
}

/** @type {Promise<void>|null} */
let renewing = null;

/**
 * Asks for a new grant, once for all who need one.
 * @param {Place} place
 */
export function renewed(place) {
  const before = offer.value?.grant;
  if (!before) return Promise.resolve();
  renewing ??= new Promise((/** @type {(value: void) => void} */ done) => {
    place.send({ t: 'grant', id: newID() });
    const since = Date.now();
    const look = () => {
      if (offer.value?.grant === before && Date.now() - since < PATIENCE_MS) return void setTimeout(look, 50);
      setTimeout(() => { renewing = null; }, 1_000); // those that failed at the same moment
      done();
    };
    look();
  });
  return renewing;
}

/**
 * Whether a file is gone for good, asked where it could not be loaded.
 * @param {string} at
 */
export async function gone(at) {
  const status = await fetch(at, { method: 'HEAD' }).then((answer) => answer.status, () => 0);
  return status === 404 || status === 410;
}

/**
 * Saves a file although the link on the page has ended.
 * @param {Place} place
 * @param {File} file
 */
export async function save(place, file) {
  await renewed(place);
  const link = Object.assign(document.createElement('a'), { href: address(place, file, 'save'), download: file.name });
  document.body.append(link);
  link.click();
  link.remove();
}
