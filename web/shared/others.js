// @ts-check
// Others change a page too: the browser's translation, extensions that check spelling,
// fill in passwords or darken pages.

/** What holds a text: inline, and a name that no style and no other page uses. */
const TEXT = 'x-text';
/** These can't hold an element. */
const PLAIN = new Set(['option', 'textarea', 'title', 'style', TEXT]);
/** Names, code and ids are never to be translated. */
const AS_IT_IS = new Set(['bdi', 'code', 'kbd', 'pre']);

/**
 * Draws each text as an element of its own. A browser's translation takes text nodes
 * out of the page and puts other elements there; a text node that changes afterwards
 * changes nothing that anybody sees. An element stays where it is, and another text
 * makes another element, whatever is in this one by now.
 * @param {{options: any, h: any, Fragment: any}} preact
 */
export function textsAreElements({ options, h, Fragment }) {
  /** Texts side by side are one element, as they are one item of a flex box; each other child keeps its place. */
  const drawn = (/** @type {any[]} */ children) => {
    const out = [...children];
    for (let i = 0; i < out.length; i++) {
      if (!isText(out[i])) continue;
      let text = String(out[i]);
      for (let j = i + 1; j < out.length && (isText(out[j]) || isNothing(out[j])); j++) {
        if (isText(out[j])) text += out[j];
        out[j] = null;
      }
      out[i] = text.trim() === '' ? text : h(TEXT, { key: text }, text);
    }
    return out;
  };
  const before = options.__b; // called before an element or a component is compared
  options.__b = (/** @type {any} */ vnode) => {
    if (vnode && (vnode.type === Fragment || (typeof vnode.type === 'string' && !PLAIN.has(vnode.type)))) {
      const { props } = vnode; // a list among the children is a fragment of its own
      if (Array.isArray(props.children)) props.children = drawn(props.children);
      else if (isText(props.children)) [props.children] = drawn([props.children]);
      if (AS_IT_IS.has(vnode.type) || /^face\b/.test(props.class)) props.translate ??= false;
    }
    before?.(vnode);
  };
  const after = options.diffed; // called once the element is as it should be
  options.diffed = (/** @type {any} */ vnode) => {
    if (typeof vnode.type === 'string' && !PLAIN.has(vnode.type) && vnode.__e?.firstChild) clear(vnode.__e, vnode.__k?.map((/** @type {any} */ kid) => kid?.__e).filter(Boolean) ?? []);
    after?.(vnode);
  };
}

const isText = (/** @type {any} */ child) => typeof child === 'string' || typeof child === 'number';
const isNothing = (/** @type {any} */ child) => child === null || child === undefined || typeof child === 'boolean';

/**
 * Some translators put their words in place of our elements. Once something was drawn
 * anew beside them or instead, what they said is out of date: it goes, and our texts
 * come back.
 * @param {Element} element
 * @param {ChildNode[]} own what was drawn in it
 */
function clear(element, own) {
  if (!own.some((node) => node.parentNode === element && node.nodeType === 1)) return; // all replaced, and nothing is new
  for (let node = element.firstChild, next; node; node = next) {
    next = node.nextSibling;
    const foreign = node.nodeType === 3 ? /** @type {Text} */ (node).data.trim() !== '' : node.nodeName === 'FONT';
    if (foreign && !own.some((each) => /** @type {Node} */ (node).contains(each))) node.remove();
  }
  own.forEach((node, i) => {
    if (node.nodeName === 'X-TEXT' && !node.isConnected && element.isConnected) element.insertBefore(node, own.slice(i + 1).find((next) => next.parentNode === element) ?? null);
  });
}

/**
 * Lets the page bear that somebody wrapped, moved or removed its elements: what is to
 * be put before one of them is put before whatever holds it now, or at the end.
 * Otherwise the browser throws, and nothing on the page changes anymore. (What an
 * extension itself calls is not changed: it has a world of its own.)
 */
export function bearOthers() {
  const proto = /** @type {any} */ (globalThis.Node?.prototype);
  if (!proto) return; // not a browser
  const insert = proto.insertBefore;
  proto.insertBefore = function (/** @type {Node} */ node, /** @type {Node|null} */ before) {
    return insert.call(this, node, childAt(this, before));
  };
  const holder = /** @type {any} */ (globalThis.Element?.prototype);
  const move = holder?.moveBefore;
  if (!move) return;
  holder.moveBefore = function (/** @type {Node} */ node, /** @type {Node|null} */ before) {
    if (node.isConnected && this.isConnected) return move.call(this, node, childAt(this, before));
    return this.insertBefore(node, before);
  };
}

/**
 * The child of a parent that is a node, or holds it.
 * @param {Node} parent
 * @param {Node|null} node
 * @returns {Node|null} null if the node is elsewhere
 */
function childAt(parent, node) {
  while (node && node.parentNode !== parent) node = node.parentNode;
  return node;
}
