// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutLinks, safeHref } from '../shared/links.js';
import { markdown } from '../shared/markdown.js';
import { plain } from '../shared/plain.js';
import { chance } from './random.js';

const ALLOWED = new Set(['p', 'span', 'strong', 'em', 'del', 'code', 'pre', 'br', 'hr', 'ul', 'ol', 'li', 'blockquote', 'a']);
const ATTRIBUTES = new Set(['class', 'href', 'target', 'rel', 'start', 'tabindex', 'children']);

/**
 * Serializes the elements, and fails if one is not on the list.
 * @param {any} node
 * @returns {string}
 */
function draw(node) {
  if (node === null || node === undefined || typeof node === 'boolean') return '';
  if (Array.isArray(node)) return node.map(draw).join('');
  if (typeof node !== 'object') return String(node);
  assert.ok(ALLOWED.has(node.type), `element ${String(node.type)}`);
  for (const name of Object.keys(node.props)) assert.ok(ATTRIBUTES.has(name), `attribute ${name}`);
  if (node.type === 'a') assert.match(node.props.href, /^(https?|mailto):/);
  const inner = draw(node.props.children);
  return node.type === 'a' ? `<a ${node.props.href}>${inner}</a>` : `<${node.type}>${inner}</${node.type}>`;
}

/** The text only, as a reader sees it. */
function words(/** @type {any} */ node) {
  return draw(node).replace(/<\/?[a-z]+[^<>]*>/g, '');
}

test('the subset is drawn', () => {
  assert.equal(draw(markdown('**b** _i_ ~~d~~ `c`')), '<p><strong>b</strong> <em>i</em> <del>d</del> <code>c</code></p>');
  assert.equal(draw(markdown('- a\n- b')), '<ul><li><span>a</span></li><li><span>b</span></li></ul>');
  assert.equal(draw(markdown('3. a')), '<ol><li><span>a</span></li></ol>');
  assert.equal(draw(markdown('# Title')), '<p><strong>Title</strong></p>');
  assert.equal(draw(markdown('```\n<b>\n```')), '<pre><code><b></code></pre>');
  assert.equal(draw(markdown('a\nb')), '<p>a<br></br>b</p>');
});

test('HTML is text', () => {
  for (const text of ['<b>x</b>', '<img src=x onerror=alert(1)>', '<script>alert(1)</script>', 'a <i>b', '<!-- c -->', '&lt;b&gt;']) {
    assert.ok(draw(markdown(text)).includes(text), text);
  }
});

test('links go to http, https and mailto only', () => {
  assert.equal(draw(markdown('[x](https://e.org/a)')), '<p><a https://e.org/a>x</a></p>');
  assert.equal(draw(markdown('me@e.org')), '<p><a mailto:me@e.org>me@e.org</a></p>');
  for (const href of ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', 'vbscript:x', '/api/me', '//e.org', 'file:///etc/passwd', 'java&#115;cript:x', '\tjavascript:x', 'blob:https://e.org/x']) {
    assert.doesNotMatch(draw(markdown(`[x](${href})`)), /<a /, href);
    assert.doesNotMatch(draw(markdown(`[x](<${href}>)`)), /<a /, href);
    assert.doesNotMatch(draw(markdown(`<${href}>`)), /<a /, href);
    assert.equal(safeHref(href.trim()), null, href);
  }
});

test('a picture is a link, never loaded', () => {
  assert.equal(draw(markdown('![cat](https://e.org/cat.png)')), '<p><a https://e.org/cat.png>cat</a></p>');
});

test('tables, definitions and check boxes keep their text', () => {
  for (const text of ['| a | b |\n|---|---|\n| 1 | 2 |', '[foo]: https://e.org']) assert.ok(words(markdown(text)).includes(text), text);
  assert.match(words(markdown('- [ ] todo\n- [x] done')), /\[ \] todo\[x\] done/);
});

test('what a visitor typed is shown as it was typed, with addresses linked', () => {
  const text = '2 * 3 * 4\n# no title\n<b>\n1. x\n  two  spaces';
  assert.equal(draw(plain(text)), `<p>${text}</p>`);
  assert.equal(draw(plain('see https://e.org/a_(b).')), '<p>see <a https://e.org/a_(b)>https://e.org/a_(b)</a>.</p>');
});

test('cutting links loses no character', () => {
  const parts = ['http://', 'https://e.org', '/a?b=c', '.', ',', ')', '(', ' ', '\n', '"', '<', '>', '*', 'ä', '👋', 'javascript:', '\u202e', '\0', 'x'];
  for (let seed = 1; seed <= 500; seed++) {
    const random = chance(seed);
    const text = Array.from({ length: random.below(30) }, () => random.pick(parts)).join('');
    assert.equal(cutLinks(text).map((piece) => piece.text).join(''), text);
    for (const { href } of cutLinks(text)) if (href) assert.match(href, /^https?:/);
  }
});

test('the end of an address is found by counting its brackets once', () => {
  /** The same by counting again at each step, which took the square of the length. */
  const slow = (/** @type {string} */ address) => {
    const count = (/** @type {string} */ char, /** @type {number} */ end) => address.slice(0, end).split(char).length - 1;
    let end = address.length;
    for (; end > 0; end--) {
      if (address[end - 1] === ')' && count('(', end) >= count(')', end)) break;
      if (!'.,:;!?\'*_~)]}'.includes(address[end - 1])) break;
    }
    return address.slice(0, end);
  };
  for (let seed = 1; seed <= 2000; seed++) {
    const random = chance(seed);
    const address = 'http://e.org/' + Array.from({ length: random.below(12) }, () => random.pick(['(', ')', '.', ']', 'a', '*'])).join('');
    assert.equal(cutLinks(address)[0].href && cutLinks(address)[0].text, slow(address));
  }
});

test('a tangle of marks is shown as it was typed, and the next paragraph as usual', () => {
  const tangle = '*a_'.repeat(100) + '\n' + '[a]('.repeat(40);
  const drawn = draw(markdown(tangle + '\n\nand **this**'));
  assert.equal(drawn, `<p>${tangle.replace('\n', '<br></br>')}</p><p>and <strong>this</strong></p>`);
  assert.match(draw(markdown('**b** and _i_ '.repeat(12))), /<strong>b<\/strong> and <em>i<\/em>/);
  for (const text of ['> '.repeat(13) + 'deep', '1. '.repeat(500), '>'.repeat(4000), '> - '.repeat(9) + 'x\ny']) {
    assert.equal(draw(markdown(text)), `<p>${text}</p>`);
  }
  assert.equal(draw(markdown('- - - - - - - - - - - - - - -')), '<hr></hr>');
  assert.match(draw(markdown('> > 1. - x')), /^<blockquote><blockquote><ol 1><li><ul>|^<blockquote><blockquote><ol><li><ul>/);
});

test('nothing but the allowed elements comes out, whatever goes in', () => {
  const parts = ['<script>', '</script>', '<img src=x onerror=y>', '[', ']', '(', ')', 'javascript:alert(1)', 'https://e.org', '**', '_', '~~', '`', '```', '\n', '\n\n', '> ', '- ', '1. ', '# ', '![', '|', '---', '<', '>', '&amp;', '\\', 'a', ' ', '\u0000', '\u202e', '👩‍👩‍👧', '[x]: javascript:x', '<a href="', '"', 'data:text/html,', '\t', '    '];
  for (let seed = 1; seed <= 1500; seed++) {
    const random = chance(seed);
    draw(markdown(Array.from({ length: random.below(40) }, () => random.pick(parts)).join('')));
  }
});

test('no text of the greatest length stops the page', () => {
  for (const part of ['[', '>', '*', '*a ', '`', '![[', '- ', '<', '_a', '[a](', '\\', 'a@', '|-', '~', '  \n', '1. ', '[a]:', 'a.', '*_', '*a_', '**a', '__a', '<a ', '(', ')', '&#', 'http://', '\n- ', '    ']) {
    const began = performance.now();
    const text = part.repeat(Math.floor(4000 / part.length));
    draw(markdown(text));
    draw(plain('http://e.org/' + text));
    assert.ok(performance.now() - began < 3_000, part);
  }
});
