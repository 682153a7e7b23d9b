// @ts-check
/** Every sentence of the page. */
export const WORDS = {
  login: 'How to put the chat on your site: for admins.',
  title: 'Put the chat on your site',
  console: 'Console',
  tagTitle: '1. Copy this line',
  tagLead: 'Paste it into every page that should have the chat, before </body>.',
  copy: 'Copy', copied: 'Copied',
  copyFailed: 'Your browser didn’t allow that. Select the line and copy it yourself.',
  tagLabel: 'The line to copy',
  noAddress: 'PUBLIC_URL isn’t set, so this line has the address that you came by. Set PUBLIC_URL to the address that your visitors use.',
  tryTitle: '2. Try it here',
  tryLead: 'Puts the chat into the corner of this page, just as on your site. What you write is a real chat.',
  tryStart: 'Show the chat', tryStop: 'Take it away',
  tryFailed: 'The chat’s script didn’t load. Please try again.',
  checkTitle: '3. Check your site',
  checkLead: 'Says what’s missing before the chat can come up there.',
  site: 'Your site’s address', siteHint: 'Such as https://shop.example.org', siteExample: 'https://shop.example.org',
  check: 'Check', checking: 'Checking…',
  siteEmpty: 'Please enter your site’s address.',
  allGood: (/** @type {string} */ site) => `${site} can show the chat.`,
  missing: (/** @type {string} */ site, /** @type {number} */ n) => (n === 1 ? `One thing is missing before ${site} can show the chat.` : `${n} things are missing before ${site} can show the chat.`),
  levels: { good: 'Good', bad: 'Missing', hint: 'Hint' },
  allowed: 'Sites that may show the chat (ALLOWED_ORIGINS)',
  allowedNone: 'None yet, besides Parley’s own pages.',
  attributes: 'Change how it looks',
  attributesLead: 'Add these to the line. They win over the settings.',
  attribute: 'Attribute', does: 'What it does',
};

/** The attributes that change the looks, and what they do. */
export const ATTRIBUTES = /** @type {[string, string][]} */ ([
  ['data-accent="#0b6470"', 'your color'],
  ['data-side="left"', 'the corner: left or right'],
  ['data-theme="dark"', 'light, dark or system'],
  ['data-icon="heart"', 'the button: chat, question, heart or logo'],
  ['data-greeting="Hi there!"', 'the first sentence that a visitor reads'],
  ['data-starters="Where is my order?|Do you ship abroad?"', 'up to four questions to begin with'],
]);
