// @ts-check
// What the page hands to this module, which is loaded apart from it: a second copy of these
// would draw into a page of its own. Nothing of it is there before use().

/** @type {typeof import('../shared/vdom.js').html} */
export let html;
/** @type {typeof import('../shared/vdom.js').render} */
export let render;
/** @type {typeof import('../shared/vdom.js').signal} */
export let signal;
/** @type {typeof import('../shared/vdom.js').useEffect} */
export let useEffect;
/** @type {typeof import('../shared/vdom.js').useSignal} */
export let useSignal;
/** @type {typeof import('../shared/files.js').offer} */
export let offer;

/** @param {any} kit */
export function use(kit) {
  ({ html, render, signal, useEffect, useSignal, offer } = kit);
}
