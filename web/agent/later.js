// @ts-check
import { Component, html, signal } from '../shared/vdom.js';
import { showError } from '../shared/toast.js';
import { show } from './dialog.js';
import { words } from './words.js';

/** The dialogs of later-main.js, by what opens them; null until they are there. */
const dialogs = signal(/** @type {Record<string, any>|null} */ (null));

const AGAIN_MS = 10_000;
/** @type {Promise<boolean>|null} */
let loading = null;
/** @type {any} */
let timer = 0;

async function load() {
  clearTimeout(timer);
  try {
    dialogs.value = (await import(/** @type {HTMLMetaElement} */ (document.querySelector('meta[name=later]')).content)).dialogs;
    return true;
  } catch {
    loading = null;
    timer = setTimeout(fetchLater, AGAIN_MS);
    return false;
  }
}

/** Brings them, unless they are here or under way, and says whether they are here. */
export function fetchLater() {
  return loading ??= load();
}

/**
 * A dialog of those. During a rollout they may be of another version than the page: one that
 * can't be drawn is closed, with a sentence.
 * @extends {Component<{name: string, [more: string]: any}>}
 */
export class Later extends Component {
  async componentDidMount() {
    if (await fetchLater()) return;
    show('');
    showError(words.server.unreachable);
  }

  componentDidCatch() {
    show('');
    showError(words.loadAgain);
  }

  render() {
    const { name, ...props } = this.props;
    const dialog = dialogs.value?.[name];
    return dialog ? html`<${dialog} ...${props} />` : null;
  }
}
