// @ts-check
import { Lexer } from '../vendor/marked/marked.js';
import { html, make } from './vdom.js';
import { safeHref } from './links.js';
import { link, plain } from './plain.js';

/** @typedef {import('./plain.js').Node} Node */
/** @typedef {any} Token */

/** A text nested deeper than this is shown as it was typed. */
const MAX_DEPTH = 12;

/**
 * More marks of emphasis, code and links than this in one paragraph are no style: the
 * lexer's time grows with their square, so they are shown as they were typed.
 */
const MAX_MARKS = 150;

/** A line that opens more quotes and lists than are drawn. */
const NESTED = new RegExp(`^(?![ \\t*_-]+$)(?:[ \\t]*(?:>|(?:[-*+]|\\d{1,9}[.)])(?=[ \\t]))){${MAX_DEPTH + 1}}`, 'm');

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
  for (const char of src) if ('*_~`[]<'.includes(char)) n++;
  return n;
}

/**
 * Renders what a bot or an agent wrote: a subset of Markdown. Nothing is ever
 * parsed as HTML. A token that is not named below is shown as its text.
 * @param {string} text
 * @returns {Node[]}
 */
export function markdown(text) {
  if (NESTED.test(text)) return [plain(text)];
  try {
    return blocks(new BoundedLexer({ gfm: true, breaks: true }).lex(text), 0);
  } catch {
    // Too deeply nested for the lexer.
    return [plain(text)];
  }
}

/**
 * @param {Token[]} tokens
 * @param {number} depth
 * @returns {Node[]}
 */
function blocks(tokens, depth) {
  return tokens.map((token) => block(token, depth));
}

/**
 * @param {Token} token
 * @param {number} depth
 * @returns {Node}
 */
function block(token, depth) {
  if (depth > MAX_DEPTH) return plain(token.raw);
  switch (token.type) {
    case 'space':
      return '';
    case 'paragraph':
      return html`<p>${inlines(token.tokens, depth)}</p>`;
    case 'text':
      return token.tokens ? html`<span>${inlines(token.tokens, depth)}</span>` : token.text;
    case 'heading':
      // The page has its own headings; in a message a heading is a bold line.
      return html`<p><strong>${inlines(token.tokens, depth)}</strong></p>`;
    case 'code':
      return html`<pre tabindex="0"><code>${token.text}</code></pre>`;
    case 'blockquote':
      return html`<blockquote>${blocks(token.tokens, depth + 1)}</blockquote>`;
    case 'list':
      return list(token, depth);
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
function list(token, depth) {
  const items = token.items.map((/** @type {Token} */ item) => html`<li>${blocks(item.tokens, depth + 1)}</li>`);
  if (!token.ordered) return html`<ul>${items}</ul>`;
  return html`<ol start=${Number(token.start) || 1}>${items}</ol>`;
}

/**
 * @param {Token[]|undefined} tokens
 * @param {number} depth
 * @returns {Node[]}
 */
function inlines(tokens, depth) {
  return (tokens ?? []).map((token) => inline(token, depth + 1));
}

/**
 * @param {Token} token
 * @param {number} depth
 * @returns {Node}
 */
function inline(token, depth) {
  if (depth > MAX_DEPTH) return token.raw;
  switch (token.type) {
    case 'text':
      return token.tokens ? html`<span>${inlines(token.tokens, depth)}</span>` : token.text;
    case 'escape':
      return token.text;
    case 'strong':
    case 'em':
    case 'del':
      return make(token.type, null, inlines(token.tokens, depth));
    case 'codespan':
      return html`<code>${token.text}</code>`;
    case 'br':
      return html`<br />`;
    case 'link': {
      const href = safeHref(token.href);
      return href ? link(href, inlines(token.tokens, depth)) : token.raw;
    }
    case 'image': {
      // An image from another server would tell that server who reads this.
      const href = safeHref(token.href);
      return href ? link(href, [token.text || token.href]) : token.raw;
    }
    default:
      return token.raw;
  }
}
