// What the launcher can show, drawn on a 20 by 20 grid. The settings page shows it, too.
export const ICONS = /** @type {Record<string, string>} */ ({
  chat: 'M5 4h10a2.5 2.5 0 0 1 2.5 2.5v5A2.5 2.5 0 0 1 15 14h-5l-4 3.5V14H5a2.5 2.5 0 0 1-2.5-2.5v-5A2.5 2.5 0 0 1 5 4Z',
  question: 'M6.6 7.2a3.4 3.4 0 1 1 5.2 2.9C10.6 10.9 10 11.6 10 13M10 16.4h.01',
  heart: 'M10 16.5 4.2 10.7a3.6 3.6 0 0 1 5.1-5.1l.7.7.7-.7a3.6 3.6 0 0 1 5.1 5.1Z',
});
