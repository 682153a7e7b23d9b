// @ts-check
// The sentences of the column about a visitor that words.js has no room for.

export const aboutWords = {
  cameFrom: 'Came from',
  title: 'Subject',
  edit: 'Edit',
  attribute: 'Attribute (plan: pro)',
  attributesOf: (/** @type {number} */ count) => `From the site (${count})`,
  signed: 'Confirmed by the site',
  signedLegend: 'Signed by the site, so it’s certain.',
  claimedLegend: 'Anything without a check is what the visitor’s browser says.',
  byAgents: 'added by an agent',
  copyValue: (/** @type {string} */ name, /** @type {string} */ value) => `Copy ${name}: ${value}`,
  copied: 'Copied',
  visitsOf: (/** @type {number} */ count, /** @type {boolean} */ more) => (more ? `Earlier visits (${count}+)` : `Earlier visits (${count})`),
  visits: 'Earlier visits',
  goToVisit: (/** @type {string} */ text) => `Show in the chat: ${text}`,
  olderVisits: 'Load older visits',
  loadingVisits: 'Loading…',
};
