// @ts-check
import { signal } from '../shared/vdom.js';

/** Where agent.css shows one column at a time. */
const query = matchMedia('(max-width: 759px)');

/** Whether one column is shown at a time: then that one is the page's main part. */
export const narrow = signal(query.matches);
query.addEventListener('change', () => { narrow.value = query.matches; });
