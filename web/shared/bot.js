// @ts-check

/** What the bot is called where none of its words are shown yet: BOT_NAME, which the server writes into the page. */
export const botName = globalThis.document?.querySelector('meta[name="bot"]')?.getAttribute('content') || 'Parley bot';
