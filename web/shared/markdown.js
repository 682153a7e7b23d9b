// @ts-check
import { Lexer, Tokenizer } from '../vendor/marked/marked.js';
import { Copy } from './copy.js';
import { decode } from './entities.js';
import { html, make } from './vdom.js';
import { ADDRESS, addressed, cutLinks, safeHref } from './links.js';
import { link, linked, plain } from './plain.js';
import { shared } from './words.js';

/** @typedef {import('./plain.js').Node} Node */
/** @typedef {any} Token */

/** A text nested deeper than this is shown as it was typed. */
const MAX_DEPTH = 12;

/**
 * More marks of emphasis, code, links and formulas than this in one paragraph are no
 * style: the lexer's time grows with their square, so they are shown as they were typed.
 */
const MAX_MARKS = 150;

/**
 * A table with more fields than this is shown as it was typed: rows without fields are
 * filled up, so that a short text could make a million.
 */
const MAX_FIELDS = 2_000;

/** A line that opens more quotes and lists than are drawn. */
const NESTED = new RegExp(`^(?![ \\t*_-]+$)(?:[ \\t]*(?:>|(?:[-*+]|\\d{1,9}[.)])(?=[ \\t]))){${MAX_DEPTH + 1}}`, 'm');

/** A line above one that divides a table's head from its rows. */
const DIVIDED = /^[^\n]*\n {0,3}(?=[^\n]*-)[|:-][ \t|:-]*(?:\n|$)/;

/** Formulas, which stay as they were typed. Two prices in dollars are none. */
const FORMULA = /^(?:\$\$[^$]{1,300}\$\$|\$(?![\s$])[^$\n]{0,300}(?<!\s)\$(?!\d)|\\\([^\n]{1,300}?\\\)|\\\[[^]{1,300}?\\\])/;

/** @type {any} what the lexer's own tokenizer leaves to those who use it */
const extensions = {
  inline: [(/** @type {string} */ src) => {
    const [raw] = FORMULA.exec(src) ?? [];
    return raw ? { type: 'formula', raw } : undefined;
  }],
  startInline: [(/** @type {string} */ src) => src.indexOf('$')],
  renderers: {}, childTokens: {},
};

/** The lexer's tokenizer, with the rules of a chat. */
class ChatTokenizer extends Tokenizer {
  /** The addresses of the definitions that a link refers to. */
  used = new Set();

  /** HTML is text, and Markdown in it is Markdown. */
  html() {
    return undefined;
  }

  /** @param {string} src */
  table(src) {
    if (!DIVIDED.test(src)) return undefined;
    const [head] = src.split('\n', 1);
    const end = src.search(/\n[ \t]*\n/);
    const rows = (end < 0 ? src : src.slice(0, end)).split('\n').length;
    return head.split('|').length * rows > MAX_FIELDS ? undefined : super.table(src);
  }

  /**
   * @param {string} src
   * @param {any} links
   */
  reflink(src, links) {
    const token = super.reflink(src, links);
    if (token && 'href' in token) this.used.add(token.href);
    return token;
  }

  /**
   * Figures are no emphasis: 20*30*40 is a size, and a*b*c a product.
   * @param {string} src
   * @param {string} masked
   * @param {string} [before]
   * @returns {any}
   */
  emStrong(src, masked, before = '') {
    const [stars] = /^\**/.exec(src) ?? [''];
    const text = { type: 'text', raw: stars, text: stars, escaped: false };
    if (stars && (stars.length === 1 ? /[A-Za-z\p{N}]/u : /\p{N}/u).test(before)) return text;
    const token = super.emStrong(src, masked, before);
    return stars && token && /^\p{N}/u.test(src.slice(token.raw.length)) && /\p{N}\**$/u.test(token.raw) ? text : token;
  }

  /**
   * One tilde means about, or a subscript.
   * @param {string} src
   * @param {string} masked
   * @param {string} [before]
   */
  del(src, masked, before) {
    return src.startsWith('~~') ? super.del(src, masked, before) : undefined;
  }

  /**
   * Addresses end where they end in a person's text, too.
   * @param {string} src
   * @returns {any}
   */
  url(src) {
    const found = linkAt(src);
    if (!found) return undefined;
    const text = { type: 'text', raw: found.text, text: found.text, escaped: false };
    return found.href ? { type: 'link', raw: found.text, text: found.text, href: found.href, tokens: [text] } : { ...text, type: 'exact' };
  }
}

class BoundedLexer extends Lexer {
  /**
   * @param {string} src
   * @param {Token[]} tokens
   */
  inlineTokens(src, tokens = []) {
    if (marks(src) <= MAX_MARKS) return super.inlineTokens(src, tokens);
    src.split('\n').forEach((line, i) => {
      if (i > 0) tokens.push({ type: 'br', raw: '\n' });
      tokens.push({ type: 'text', raw: line, text: line });
    });
    return tokens;
  }
}

/** @param {string} src */
function marks(src) {
  let n = 0;
  for (const char of src) if ('*_~`[]<$'.includes(char)) n++;
  return n;
}

/**
 * Renders what the bot wrote: a subset of Markdown. Nothing is ever parsed as HTML. A
 * token that is not named below is shown as its text.
 * @param {string} text
 * @returns {Node[]}
 */
export function markdown(text) {
  if (NESTED.test(text)) return [plain(text)];
  try {
    const tokenizer = new ChatTokenizer();
    const tokens = new BoundedLexer({ gfm: true, breaks: true, tokenizer, extensions }).lex(text);
    return new Drawing(tokenizer.used).blocks(tokens, 0);
  } catch {
    // Too deeply nested for the lexer.
    return [plain(text)];
  }
}

/**
 * The part of a reply that is still being written that can be drawn: what may still
 * become a table or a link is held back, and emphasis that began has its end.
 * @param {string} text
 */
export function soFar(text) {
  const cut = text.replace(/(^|\n)[ \t]*\|[^\n]*(?:\n[ \t|:-]*)?$/, (tail, start, at) => (at > 0 && /\|[^\n]*$/.test(text.slice(0, at)) ? tail : start))
    .replace(/!?\[[^\]\n]{0,200}(?:\](?:\([^)\s]{0,500}|[ \t]+)?)?$/, '');
  const last = cut.slice(cut.lastIndexOf('\n') + 1);
  const stars = last.split('**').length - 1;
  if (last.includes('`')) return cut;
  const words = cut.replace(/(?:^|(?<=\s))\*+$/, '');
  if (stars % 2 === 0 || words !== cut) return words;
  return `${cut.replace(/[\s*]+$/, '')}**`;
}

/**
 * The words of a reply, without marks: for a line of preview, and to be read aloud.
 * @param {string} text
 */
export function words(text) {
  return spoken(markdown(text)).replace(/[ \t]*\n\s*/g, '\n').replace(/ {2,}/g, ' ').trim();
}

/**
 * @param {any} node
 * @returns {string}
 */
function spoken(node) {
  if (Array.isArray(node)) return node.map(spoken).join('');
  if (node === null || typeof node !== 'object') return typeof node === 'boolean' ? '' : String(node ?? '');
  const { children, 'aria-label': label = '', role } = node.props;
  if (node.type === 'br') return '\n';
  const inner = (role === 'img' ? `${label} ` : '') + spoken(children);
  return /^t[hd]$/.test(node.type) ? `${inner}; ` : /^(?:p|li|tr|pre|div|blockquote)$/.test(node.type) ? `${inner}\n` : inner;
}

/** Draws the tokens of one text. */
class Drawing {
  /** @param {Set<string>} used the addresses of definitions that links refer to */
  constructor(used) {
    this.used = used;
  }

  /**
   * @param {Token[]} tokens
   * @param {number} depth
   * @returns {Node[]}
   */
  blocks(tokens, depth) {
    return tokens.map((token) => this.block(token, depth));
  }

  /**
   * @param {Token} token
   * @param {number} depth
   * @returns {Node}
   */
  block(token, depth) {
    if (depth > MAX_DEPTH) return plain(token.raw);
    switch (token.type) {
      case 'space':
        return '';
      case 'paragraph':
        return html`<p>${this.inlines(token.tokens, depth)}</p>`;
      case 'text':
        return token.tokens ? html`<span>${this.inlines(token.tokens, depth)}</span>` : decode(token.text);
      case 'heading':
        // The page has its own headings; in a message a heading is a bold line.
        return html`<p><strong>${this.inlines(token.tokens, depth)}</strong></p>`;
      case 'code':
        return html`<div class="code"><pre tabindex="0" dir="ltr"><code>${token.text}</code></pre><${Copy} text=${token.text} /></div>`;
      case 'blockquote':
        return html`<blockquote dir="auto">${this.blocks(token.tokens, depth + 1)}</blockquote>`;
      case 'list':
        return this.list(token, depth);
      case 'checkbox':
        return box(token.checked);
      case 'table':
        return this.table(token, depth);
      case 'def':
        return this.used.has(token.href) ? '' : plain(token.raw.replace(/\n+$/, ''));
      case 'hr':
        return html`<hr />`;
      default:
        return plain(token.raw.replace(/\n+$/, ''));
    }
  }

  /**
   * @param {Token} token
   * @param {number} depth
   */
  list(token, depth) {
    const numbers = token.ordered ? numbered(token.items) : [];
    const items = token.items.map((/** @type {Token} */ item, /** @type {number} */ i) => make('li',
      { ...(item.task ? { class: 'task' } : {}), ...(numbers[i] === undefined ? {} : { value: numbers[i] }) }, this.blocks(item.tokens, depth + 1)));
    return token.ordered ? html`<ol start=${Number(token.start)} dir="auto">${items}</ol>` : html`<ul dir="auto">${items}</ul>`;
  }

  /**
   * A wide table scrolls inside the bubble, also by keyboard.
   * @param {Token} token
   * @param {number} depth
   */
  table(token, depth) {
    const cell = (/** @type {Token} */ field) => make(field.header ? 'th' : 'td',
      { ...(field.header ? { scope: 'col' } : {}), ...(field.align ? { class: `to-${field.align}` } : {}) }, this.inlines(field.tokens, depth));
    const row = (/** @type {Token[]} */ fields) => html`<tr>${fields.map(cell)}</tr>`;
    return html`<div class="table" role="region" aria-label=${shared.table} tabindex="0"><table dir="auto"><thead>${row(token.header)}</thead>
      ${token.rows.length > 0 ? html`<tbody>${token.rows.map(row)}</tbody>` : ''}</table></div>`;
  }

  /**
   * @param {Token[]|undefined} tokens
   * @param {number} depth
   * @param {boolean} [inLink]
   * @returns {Node[]}
   */
  inlines(tokens = [], depth, inLink = false) {
    /** @type {Node[]} */
    const out = [];
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i];
      const [, tag] = token.type === 'html' ? /^<(sub|sup)>$/i.exec(token.raw) ?? [] : [];
      const end = tag ? tokens.findIndex((each, at) => at > i && each.type === 'html' && each.raw.toLowerCase() === `</${tag.toLowerCase()}>`) : -1;
      if (end > 0 && depth < MAX_DEPTH) {
        out.push(make(tag.toLowerCase(), null, this.inlines(tokens.slice(i + 1, end), depth + 1, inLink)));
        i = end;
      } else if (!(token.type === 'br' && isBreak(tokens[i - 1]))) {
        out.push(this.inline(token, depth + 1, inLink));
      }
    }
    return out;
  }

  /**
   * @param {Token} token
   * @param {number} depth
   * @param {boolean} inLink
   * @returns {Node}
   */
  inline(token, depth, inLink) {
    if (depth > MAX_DEPTH) return token.raw;
    switch (token.type) {
      case 'text':
        if (token.tokens) return html`<span>${this.inlines(token.tokens, depth, inLink)}</span>`;
        // Raw, since the lexer decodes numbers in `text` that are no characters to show.
        return inLink ? decode(token.raw) : linked(decode(token.raw));
      case 'escape':
      case 'exact':
        return token.text;
      case 'strong':
      case 'em':
      case 'del':
        return make(token.type, null, this.inlines(token.tokens, depth, inLink));
      case 'codespan':
        return html`<code>${token.text}</code>`;
      case 'br':
        return html`<br />`;
      case 'html':
        return isBreak(token) ? html`<br />` : token.raw;
      case 'checkbox':
        return box(token.checked);
      case 'link':
        return this.link(token, depth);
      case 'image':
        // An image from another server would tell that server who reads this.
        return inLink ? decode(token.text) : address(token, [decode(token.text) || token.href]);
      default:
        return token.raw;
    }
  }

  /**
   * @param {Token} token
   * @param {number} depth
   * @returns {Node}
   */
  link(token, depth) {
    if (token.raw.startsWith('<') && !safeHref(token.href)) return token.raw;
    return address(token, this.inlines(token.tokens, depth, true));
  }
}

/**
 * A link; only its words, if it leads nowhere from here. A text that is another address
 * than the link's has the host beside it.
 * @param {Token} token
 * @param {Node[]} words
 * @returns {Node}
 */
function address(token, words) {
  const given = decode(token.href).trim();
  const href = safeHref(/^www\./i.test(given) ? `https://${given}` : given);
  if (!href) {
    const [, number] = /^tel:(.+)$/i.exec(given) ?? [];
    return number && !/\d/.test(token.text) ? html`<span>${words} (${number})</span>` : html`<span>${words}</span>`;
  }
  const [shown] = cutLinks(token.text).filter((piece) => piece.href);
  const other = shown?.href && new URL(shown.href).host !== new URL(href).host ? new URL(href).host : '';
  return other ? html`<span>${link(href, words)} (${other})</span>` : link(href, words);
}

/** An address where a text begins. */
const FIRST = new RegExp(ADDRESS.source, 'iuy');

/**
 * The address that a text begins with, if it does; without `href` if it may not become a link.
 * @param {string} text
 * @returns {{text: string, href: string|null}|null}
 */
function linkAt(text) {
  FIRST.lastIndex = 0;
  const [found] = FIRST.exec(text) ?? [];
  if (!found) return null;
  const { address, href } = addressed(found);
  return href ? { text: address, href } : { text: found, href };
}

/** Whether a token is a line break that is written as HTML. */
function isBreak(/** @type {Token|undefined} */ token) {
  return token?.type === 'html' && /^<br\s*\/?>$/i.test(token.raw);
}

/** The box of a task; a sign only, since nobody can tick it here. */
function box(/** @type {boolean} */ checked) {
  return html`<span class=${checked ? 'tick done' : 'tick'} role="img" aria-label=${checked ? shared.done : shared.toDo}></span>`;
}

/**
 * The numbers that a list needs to be told: those that don't follow the one before. A
 * list of nothing but ones counts by itself.
 * @param {Token[]} items
 * @returns {(number|undefined)[]}
 */
function numbered(items) {
  const typed = items.map((item) => Number(/^\s*(\d{1,9})/.exec(item.raw)?.[1]));
  if (typed.every((n) => n === typed[0])) return [];
  return typed.map((n, i) => (i > 0 && n !== typed[i - 1] + 1 ? n : undefined));
}
