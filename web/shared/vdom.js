// @ts-check
// The only module that imports the vendored view libraries.
import { Component, Fragment, h, options } from '../vendor/preact/preact.js';
import htm from '../vendor/htm/htm.js';
import { bearOthers, textsAreElements } from './others.js';

export { Component, Fragment, createRef, render } from '../vendor/preact/preact.js';
export { useEffect, useLayoutEffect, useRef, useState } from '../vendor/preact/hooks.js';
export { batch, computed, effect, signal, untracked, useComputed, useSignal } from '../vendor/signals/signals.js';

/** @typedef {import('../vendor/preact/preact.js').VNode<any>} VNode */
/** @typedef {import('../vendor/preact/preact.js').ComponentChildren} Children */

bearOthers();
textsAreElements({ options, h, Fragment });

/** Markup as tagged templates. */
export const html = /** @type {(strings: TemplateStringsArray, ...values: any[]) => VNode} */ (htm.bind(h));

/** @type {(type: any, props: any, ...children: any[]) => VNode} */
export const make = h;

/**
 * @template T
 * @typedef {{current: T|null}} Handle where a component puts itself while it is
 *   mounted, for an owner that calls its methods. (A ref on a component is
 *   a property like any other in this version of Preact.)
 */

/**
 * A component with a handle.
 * @template {{handle?: Handle<any>}} P
 * @template S
 * @extends {Component<P, S>}
 */
export class Held extends Component {
  componentDidMount() {
    if (this.props.handle) this.props.handle.current = this;
  }

  componentWillUnmount() {
    if (this.props.handle?.current === this) this.props.handle.current = null;
  }

  /** @returns {any} */
  render() {
    return null;
  }
}

/**
 * A component that renders again only when one of its properties changed, or a signal that
 * it read. An object counts as changed when one of its own fields did.
 * @template P
 * @param {(props: P) => VNode|null} draw
 * @returns {any}
 */
export function memo(draw) {
  return class extends Component {
    /**
     * @param {any} next
     * @param {any} state another one if a signal that it read has changed
     */
    shouldComponentUpdate(next, state) {
      return state !== this.state || !same(this.props, next, 1);
    }

    render() {
      return draw(/** @type {any} */ (this.props));
    }
  };
}

/**
 * @param {any} a
 * @param {any} b
 * @param {number} deep
 * @returns {boolean}
 */
function same(a, b, deep) {
  if (a === b) return true;
  if (deep < 0 || !a || !b || typeof a !== 'object' || typeof b !== 'object') return false;
  const keys = Object.keys({ ...a, ...b });
  return keys.every((key) => same(a[key], b[key], deep - 1));
}
