// @ts-check

/** The characters 160 to 255, by name. */
const LATIN = 'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest '
  + 'Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig '
  + 'agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';

/** @type {Map<string, string>} */
const NAMES = new Map([
  ...LATIN.split(' ').map((name, i) => /** @type {[string, string]} */ ([name, String.fromCharCode(160 + i)])),
  ...Object.entries({
    amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", hellip: '…', ndash: '–', mdash: '—', lsquo: '‘', rsquo: '’', sbquo: '‚', ldquo: '“', rdquo: '”', bdquo: '„',
    lsaquo: '‹', rsaquo: '›', dagger: '†', Dagger: '‡', bull: '•', permil: '‰', prime: '′', Prime: '″', euro: '€', trade: '™', larr: '←', uarr: '↑', rarr: '→', darr: '↓', harr: '↔',
    rArr: '⇒', lArr: '⇐', hArr: '⇔', minus: '−', infin: '∞', asymp: '≈', ne: '≠', le: '≤', ge: '≥', sum: '∑', radic: '√', ensp: '\u2002', emsp: '\u2003', thinsp: '\u2009',
    zwnj: '\u200c', zwj: '\u200d', lrm: '\u200e', rlm: '\u200f', check: '✓', cross: '✗', star: '☆', starf: '★', OElig: 'Œ', oelig: 'œ', Scaron: 'Š', scaron: 'š', Zcaron: 'Ž', zcaron: 'ž',
    hyphen: '‐', dash: '‐', nbhy: '‑', numero: '№', lbrace: '{', rbrace: '}', lsqb: '[', rsqb: ']', lpar: '(', rpar: ')', ast: '*', lowbar: '_', num: '#', vert: '|', grave: '`', bsol: '\\', sol: '/',
    dollar: '$', percnt: '%', plus: '+', equals: '=', comma: ',', period: '.', colon: ':', semi: ';', excl: '!', quest: '?', commat: '@', Tab: '\t', NewLine: '\n',
  }),
]);

/**
 * Replaces the entities of HTML: all numbers, and the names that people write. What is
 * not known, or would be a control character, stays as it was.
 * @param {string} text
 */
export function decode(text) {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,11}));/g, (all, dec, hex, name) => {
    if (name) return NAMES.get(name) ?? all;
    const code = dec ? Number(dec) : parseInt(hex, 16);
    const unfit = code < 32 || code > 126 && code < 160 || code >= 0xd800 && code < 0xe000 || code > 0x10ffff;
    return unfit ? all : String.fromCodePoint(code);
  });
}
