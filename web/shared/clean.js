// @ts-check
// The server cleans in the same way: pkg/chat/clean.go has the same three patterns, and
// pkg/chat/testdata/clean.json is the table that both are tested with.

/** What a program writes to make a terminal act, such as colors, titles and links. */
const ESCAPES = new RegExp('\\x1b\\[[0-?]*[ -/]*(?:[@-~]|$)|\\x9b[0-?]+[ -/]*[@-~]'
  + '|(?:\\x1b\\]|\\x9d[0-9]+;)[^\\x07\\x1b\\x9c\\x9d\\n]*(?:\\x07|\\x1b\\\\|\\x9c)'
  + '|\\x1b[PX^_][^\\x1b\\x9c\\n]*(?:\\x1b\\\\|\\x9c)|\\x1b[ -/]+[0-~]|\\x1b[78=>]', 'g');

const BREAKS = /\r\n?|[\v\f\x85\u2028\u2029]/g;

/** What nobody sees, except tags that make the flag of a region; here half characters, too. */
const UNSEEN = /(\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{2,6}\u{E007F})|[\0-\x08\x0b-\x1f\x7f-\x9f\xad\ufeff\ufff9-\ufffc\u{E0000}-\u{E007F}\p{Cs}]|\p{Noncharacter_Code_Point}/gu;

/** Directions that reach beyond a name. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * Takes out of a text what comes along unseen when it is pasted from a word processor,
 * a PDF or a terminal. What a reader sees stays as it was.
 * @param {string} text
 */
export function clean(text) {
  return text.replace(ESCAPES, '').replace(BREAKS, '\n').replace(UNSEEN, '$1');
}

/** A character that is seen by itself; pkg/chat/text.go has the same pattern. */
const SEEN = /[^\p{Z}\p{M}\p{Cf}\p{Cc}\u115f\u1160\u3164\uffa0\u2800]/u;

/**
 * A text as it is sent: clean, without white space around it, and empty if nobody sees
 * anything in it.
 * @param {string} text
 */
export function cleanText(text) {
  return SEEN.test(text) ? clean(text).trim() : '';
}

/**
 * A name as it is sent: on one line, with one space between words.
 * @param {string} name
 */
export function cleanName(name) {
  return clean(name).replace(TURNS, '').replace(/\s+/g, ' ').trim();
}
