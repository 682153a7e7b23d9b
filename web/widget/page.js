// The page that the widget is on.
export const page = /** @type {any} */ (window);

/** @type {Set<string>} */
const said = new Set();

/** Says something to whoever builds the site, once. */
export function say(/** @type {string} */ text) {
  if (said.has(text)) return;
  said.add(text);
  page.console?.warn?.(`Parley: ${text}`);
}

/** @type {(() => void)[]} what ends everything that was begun */
const ends = [];

/** Has something done when the widget is shut down. */
export function atEnd(/** @type {() => void} */ act) {
  ends.push(act);
}

/** Ends everything that was begun. */
export function endAll() {
  for (const end of ends.splice(0)) end();
}

/** Listens until the widget is shut down. */
export function listen(/** @type {any} */ target, /** @type {string} */ type, /** @type {(event: any) => void} */ act) {
  target.addEventListener?.(type, act);
  atEnd(() => target.removeEventListener?.(type, act));
}
