// @ts-check

/** Every sentence of this page. */
export const words = {
  title: 'Chat settings', loading: 'Loading…', login: 'Sign in to change how the chat looks and what it says.', back: 'Console',
  save: 'Save', saving: 'Saving…', saved: 'Saved. Visitors see it now.', unsaved: 'You have unsaved changes.', failed: 'That didn’t work. Nothing was lost; please try again.',
  wrong: 'Not saved yet. Please look at what’s marked above.', signedOut: 'You’ve been signed out. Sign in again in another tab, then save here.',
  macros: 'Quick replies of the team',
  groups: { brand: 'Your brand', start: 'What visitors read first', bot: 'The bot', launcher: 'The button on your site', rules: 'How a chat begins', tags: 'Tags' },
  tags: {
    add: 'Add a tag', addIt: 'Add', hint: 'Agents see these in color, and are offered them first. Visitors never see tags.',
    colorOf: (/** @type {string} */ tag) => `Color of ${tag}`, removeOf: (/** @type {string} */ tag) => `Remove ${tag}`,
    colors: /** @type {Record<string, string>} */ ({ gray: 'Gray', red: 'Red', orange: 'Orange', yellow: 'Yellow', green: 'Green', teal: 'Teal', blue: 'Blue', violet: 'Violet', pink: 'Pink' }),
  },
  labels: /** @type {Record<string, string>} */ ({
    title: 'Title', subtitle: 'Below the title', greeting: 'Greeting', after: 'Below the start button', placeholder: 'In the empty message field', bot: 'Name',
    starters: 'Starter questions', accent: 'Color', theme: 'Theme', ask_name: 'Ask for a name', privacy: 'Your privacy page',
    shared: 'Several people use the same device', tags: 'Tags', logo: 'Logo', avatar: 'Picture', icon: 'Icon', side: 'Side',
  }),
  hints: /** @type {Record<string, string>} */ ({
    starters: 'One per line, four at most.', privacy: 'Begins with https://. Without one, the menu shows a short text of its own.', shared: 'Adds “Switch visitor…” to the chat’s menu.',
    logo: 'PNG, JPEG, WebP or GIF. It’s made smaller by itself.', avatar: 'Shown beside everything the bot says.', accent: 'Text on it is made readable by itself.',
  }),
  choices: /** @type {Record<string, [string, string][]>} */ ({
    theme: [['', 'As on the visitor’s device'], ['light', 'Light'], ['dark', 'Dark']],
    ask_name: [['', 'Before the chat'], ['later', 'Not before the chat']],
    icon: [['', 'Speech bubble'], ['question', 'Question mark'], ['heart', 'Heart'], ['logo', 'Your logo']],
    side: [['', 'Right'], ['left', 'Left']],
  }),
  defaults: /** @type {Record<string, string>} */ ({
    title: 'Chat with us', subtitle: 'Ask us anything', greeting: 'Hi there! How can we help?', after: 'You can talk to a person any time.', placeholder: 'Write a message…', bot: 'Parley bot', privacy: 'https://',
  }),
  environment: (/** @type {string} */ value) => `“${value}” comes from the server’s setting BOT_NAME. A name that you enter here replaces it.`,
  pick: 'Pick a color', usual: 'Use the usual color', choose: (/** @type {string} */ what) => `Choose a picture: ${what}`, remove: 'Remove',
  svg: 'An SVG can hold scripts, so it can’t be used here. Use a PNG, JPEG, WebP or GIF.',
  unreadable: 'This file isn’t a picture that can be read here. Use a PNG, JPEG, WebP or GIF.', huge: 'This file is too large. Use a picture of less than 20 MB.',
  preview: 'Preview', previewFrame: 'How visitors see the chat', previewLead: 'Follows what you type. Visitors see it once you save.',
  changed: (/** @type {string} */ by, /** @type {string[]} */ both) => `${by || 'Somebody'} saved other changes in the meantime. Yours are still here, and theirs are filled in.${
    both.length > 0 ? ` You both changed the same thing (${both.map((name) => (words.labels[name] ?? name).toLowerCase()).join(', ')}): yours is shown.` : ''} Save again to keep it this way.`,
};
