// @ts-check

/** Every sentence of this page. */
export const words = {
  title: 'Settings', loading: 'Loading…', signIn: 'Only admins can change the settings. ', signInLink: 'Sign in', back: 'Back to the console',
  save: 'Save', saved: 'Saved. It’s in effect now.', unsaved: 'You have unsaved changes.', failed: 'That didn’t work. Nothing was lost; please try again.',
  labels: /** @type {Record<string, string>} */ ({
    title: 'Title', greeting: 'Greeting', bot: 'The bot’s name', starters: 'Starter questions, one per line, four at most', accent: 'Color, such as #0a7d55',
    theme: 'Theme', ask_name: 'Ask for a name', privacy: 'Your privacy page', shared: 'Several people use the same device (offers “Switch visitor…”)', logo: 'Logo',
  }),
  choices: /** @type {Record<string, [string, string][]>} */ ({
    theme: [['', 'As the visitor’s system'], ['light', 'Light'], ['dark', 'Dark']],
    ask_name: [['', 'Before the chat'], ['later', 'Later, in the chat']],
  }),
  environment: (/** @type {string} */ value) => `“${value}” comes from BOT_NAME. Type another name to replace it.`,
  logo: 'PNG, JPEG, WebP or GIF. It’s made smaller by itself.', svg: 'An SVG can hold scripts, so it can’t be used here. Use a PNG, JPEG, WebP or GIF.',
  unreadable: 'This file is not a picture that can be read here.', huge: 'This file is too large. Use a picture of less than 20 MB.', remove: 'Remove the logo',
  changed: (/** @type {string} */ by) => `${by || 'Somebody'} changed the settings in the meantime. What you didn’t touch now shows their values; your own changes are still here. Save again to keep them.`,
};
