// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Copy } from '../shared/copy.js';
import { cutLinks, safeHref } from '../shared/links.js';
import { markdown, soFar, words } from '../shared/markdown.js';
import { plain } from '../shared/plain.js';
import { chance } from './random.js';
import { spent } from './spent.js';

const ALLOWED = new Set(['p', 'span', 'strong', 'em', 'del', 'code', 'pre', 'br', 'hr', 'ul', 'ol', 'li', 'blockquote', 'a', 'sub', 'sup', 'div', 'table', 'thead', 'tbody', 'tr', 'th', 'td']);
const ATTRIBUTES = new Set(['class', 'href', 'target', 'rel', 'start', 'tabindex', 'children', 'value', 'role', 'aria-label', 'scope', 'dir']);

/**
 * Serializes the elements, and fails if one is not on the list.
 * @param {any} node
 * @returns {string}
 */
function draw(node) {
  if (node === null || node === undefined || typeof node === 'boolean') return '';
  if (Array.isArray(node)) return node.map(draw).join('');
  if (typeof node !== 'object') return String(node);
  if (node.type === Copy) return '';
  assert.ok(ALLOWED.has(node.type), `element ${String(node.type)}`);
  for (const name of Object.keys(node.props)) assert.ok(ATTRIBUTES.has(name), `attribute ${name}`);
  if (node.type === 'a') assert.match(node.props.href, /^(https?|mailto):/);
  const inner = draw(node.props.children);
  return node.type === 'a' ? `<a ${node.props.href}>${inner}</a>` : `<${node.type}>${inner}</${node.type}>`;
}

test('the subset is drawn', () => {
  assert.equal(draw(markdown('**b** _i_ ~~d~~ `c`')), '<p><strong>b</strong> <em>i</em> <del>d</del> <code>c</code></p>');
  assert.equal(draw(markdown('- a\n- b')), '<ul><li><span>a</span></li><li><span>b</span></li></ul>');
  assert.equal(draw(markdown('3. a')), '<ol><li><span>a</span></li></ol>');
  assert.equal(draw(markdown('# Title')), '<p><strong>Title</strong></p>');
  assert.equal(draw(markdown('```\n<b>\n```')), '<div><pre><code><b></code></pre></div>');
  assert.equal(draw(markdown('a\nb')), '<p>a<br></br>b</p>');
});

test('HTML is text', () => {
  for (const text of ['<b>x</b>', '<img src=x onerror=alert(1)>', '<script>alert(1)</script>', 'a <i>b', '<!-- c -->', '<b>\nx\n</b>', '<details>', '<kbd>x</kbd>']) {
    assert.ok(flat(markdown(text)).includes(text.replaceAll('\n', '')), text);
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

/**
 * The text of all nodes, HTML that is text among it.
 * @param {any} node
 * @returns {string}
 */
function flat(node) {
  if (node === null || node === undefined || typeof node === 'boolean') return '';
  if (Array.isArray(node)) return node.map(flat).join('');
  return typeof node === 'object' ? flat(node.props.children) : String(node);
}

/**
 * An element somewhere in the nodes.
 * @param {any} node
 * @param {string} type
 * @returns {any[]}
 */
function all(node, type) {
  if (Array.isArray(node)) return node.flatMap((each) => all(each, type));
  if (!node || typeof node !== 'object') return [];
  return [...(node.type === type ? [node] : []), ...all(node.props.children, type)];
}

test('a table is a table, with its head, its alignment and all its words', () => {
  const nodes = markdown('Plans:\n\n| Plan | Price | **Note** |\n|:--|--:|:-:|\n| Basic | 5&nbsp;€<br>per month | a \\| b |\n| Pro | `9` € &amp; VAT | https://e.org/a_b_c |\n| short |\n\nMore.');
  assert.deepEqual(all(nodes, 'th').map((cell) => [cell.props.scope, cell.props.class, flat(cell)]), [['col', 'to-left', 'Plan'], ['col', 'to-right', 'Price'], ['col', 'to-center', 'Note']]);
  assert.deepEqual(all(nodes, 'tr').slice(1).map((row) => all(row, 'td').map((cell) => draw(cell.props.children))), [
    ['Basic', '5\u00a0€<br></br>per month', 'a | b'], ['Pro', '<code>9</code> € & VAT', '<a https://e.org/a_b_c>https://e.org/a_b_c</a>'], ['short', '', '']]);
  const [frame] = all(nodes, 'div');
  assert.deepEqual([frame.props.role, frame.props['aria-label'], frame.props.tabindex], ['region', 'Table', '0']);
  assert.equal(all(markdown('a | b\n--|--\n1 | 2'), 'td').length, 2);
  assert.equal(all(markdown('- x\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |'), 'td').length, 2);
});

test('a table that a few characters would make huge is shown as it was typed', () => {
  const text = '|a'.repeat(400) + '\n' + '|-'.repeat(400) + '\n' + 'x\n'.repeat(900);
  const nodes = markdown(text);
  assert.equal(all(nodes, 'td').length, 0);
  assert.equal(flat(nodes).replace(/\s/g, ''), text.replace(/\s/g, ''));
});

test('tasks are drawn with a sign that says its state in words', () => {
  const nodes = markdown('- [ ] first\n- [x] second\n- none\n\n1. [x] third');
  assert.deepEqual(all(nodes, 'li').map((li) => [li.props.class, all(li, 'span')[0].props['aria-label'], flat(li)]),
    [['task', 'To do:', 'first'], ['task', 'Done:', 'second'], [undefined, undefined, 'none'], ['task', 'Done:', 'third']]);
  assert.equal(flat(markdown('[ ] no list, [x] neither')), '[ ] no list, [x] neither');
});

test('lists have the numbers that were written', () => {
  const numbers = (/** @type {string} */ text) => all(markdown(text), 'ol').map((list) => [list.props.start, ...list.props.children.map((/** @type {any} */ li) => li.props.value)]);
  assert.deepEqual(numbers('3. a\n4. b'), [[3, undefined, undefined]]);
  assert.deepEqual(numbers('0. a\n1. b'), [[0, undefined, undefined]]);
  assert.deepEqual(numbers('1. a\n1. b\n1. c'), [[1, undefined, undefined, undefined]]);
  assert.deepEqual(numbers('3. a\n5. b\n   1. c\n   3. d\n6. e'), [[3, undefined, 5, undefined], [1, undefined, 3]]);
});

/** What the bot writes, and how it is drawn. */
const DRAWN = [
  ['AT&amp;T &copy; 5&nbsp;€ &#8364; &#x20AC; &hellip; &Auml; &rarr;', '<p>AT&T © 5\u00a0€ € € … Ä →</p>'],
  ['&lt;b&gt; &amp;amp; &unknown; &#0; &#27; &#xd800; &#1114112; & &;', '<p><b> &amp; &unknown; &#0; &#27; &#xd800; &#1114112; & &;</p>'],
  ['`a &amp; b`', '<p><code>a &amp; b</code></p>'],
  ['```\na &amp; <br>\n\tb\n```', '<div><pre><code>a &amp; <br>\n\tb</code></pre></div>'],
  ['a<br>b<br/>c<BR />\nd', '<p>a<br></br>b<br></br>c<br></br>d</p>'],
  ['<br>\nx', '<p><br></br>x</p>'],
  ['H<sub>2</sub>O m<sup>**2**</sup> <sub>open', '<p>H<sub>2</sub>O m<sup><strong>2</strong></sup> <sub>open</p>'],
  ['x^2^ H~2~O ~5 to ~10 ~~old~~', '<p>x^2^ H~2~O ~5 to ~10 <del>old</del></p>'],
  ['$a_1 * b_1$ and $$x *y* z$$ and \\(a *b* c\\)', '<p>$a_1 * b_1$ and $$x *y* z$$ and \\(a *b* c\\)</p>'],
  ['$5 *or* $10, US$5 *or* US$10', '<p>$5 <em>or</em> $10, US$5 <em>or</em> US$10</p>'],
  ['20*30*40 cm, 2**3**4, a*b*c, *30*40', '<p>20*30*40 cm, 2**3**4, a*b*c, *30*40</p>'],
  ['这是**重点**内容 un**believ**able *20 cm* **5**', '<p>这是<strong>重点</strong>内容 un<strong>believ</strong>able <em>20 cm</em> <strong>5</strong></p>'],
  ['[docs][foo], [foo] and ![foo]\n\n[foo]: https://e.org/?a=1&amp;b=2', '<p><a https://e.org/?a=1&b=2>docs</a>, <a https://e.org/?a=1&b=2>foo</a> and <a https://e.org/?a=1&b=2>foo</a></p>'],
  ['[foo]: https://e.org/', '<p>[foo]: <a https://e.org/>https://e.org/</a></p>'],
  ['[a](/docs/a) [b](../b) [c](#c) ![d](pic.png) [e](<x y>)', '<p><span>a</span> <span>b</span> <span>c</span> <span>d</span> <span>e</span></p>'],
  ['[call us](tel:+4912345) [+49 12345](tel:+4912345)', '<p><span>call us (+4912345)</span> <span>+49 12345</span></p>'],
  ['[mail](mailto:a@e.org) <a@e.org> a@e.org', '<p><a mailto:a@e.org>mail</a> <a mailto:a@e.org>a@e.org</a> <a mailto:a@e.org>a@e.org</a></p>'],
  ['<https://e.org/a> (www.e.org/a_(b)). [x](www.e.org)', '<p><a https://e.org/a>https://e.org/a</a> (<a https://www.e.org/a_(b)>www.e.org/a_(b)</a>). <a https://www.e.org/>x</a></p>'],
  ['**https://e.org/a_b_c**: https://e.org/_x_ _y_', '<p><strong><a https://e.org/a_b_c>https://e.org/a_b_c</a></strong>: <a https://e.org/_x>https://e.org/_x</a>_ <em>y</em></p>'],
  ['请看https://e.org/a。*谢谢*', '<p>请看<a https://e.org/a>https://e.org/a</a>。<em>谢谢</em></p>'],
  ['[https://bank.example](https://evil.example) https://bank.example@evil.example', '<p><span><a https://evil.example/>https://bank.example</a> (evil.example)</span> https://bank.example@evil.example</p>'],
  ['[x](java&#115;cript:alert(1)) [y](https://u:p@e.org)', '<p><span>x</span> <span>y</span></p>'],
];

test('what the bot writes is drawn as the table says', () => {
  for (const [text, want] of DRAWN) assert.equal(draw(markdown(text)), want, text);
});

test('the words of a reply are read aloud without its marks', () => {
  assert.equal(words('# Plans\n\n| a | b |\n|---|---|\n| 1<br>2 | **x** |\n\n- [x] [done](https://e.org)\n- more &amp; more\n\n`code`'), 'Plans\na; b;\n1\n2; x;\nDone: done\nmore & more\ncode');
});

test('what may still become a table, a link or emphasis does not flicker while it is written', () => {
  const text = 'Our **plans** are [here](https://e.org/plans):\n\n| Plan | Price |\n| --- | --- |\n| Pro | 9 € |\n\n- [x] done\n\nThat is **all**.';
  const whole = flat(markdown(text));
  for (let n = 1; n <= text.length; n++) {
    const shown = flat(markdown(soFar(text.slice(0, n))));
    assert.doesNotMatch(shown, /[|[\]]|\*\*|https/, text.slice(0, n));
    assert.ok(whole.startsWith(shown.trimEnd()), text.slice(0, n));
  }
  for (const done of ['a * b', 'x', '`a ** b`', '| a | b |\n|---|---|\n| 1 | 2 |\n', '2 ** 3 and 2 ** 4']) assert.equal(soFar(done), done);
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
  assert.equal(draw(markdown('**b** '.repeat(40))), `<p>${'**b** '.repeat(40)}</p>`);
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
  for (const part of ['[', '>', '*', '*a ', '`', '![[', '- ', '<', '_a', '[a](', '\\', 'a@', '|-', '~', '  \n', '1. ', '[a]:', 'a.', '*_', '*a_', '**a', '__a', '<a ', '(', ')', '&#', 'http://', '\n- ', '    ', '\n|', '|a', 'a|b\n', '\n|-', '$', '$a', '\\(', '<br>', '<sub>', '&amp;', '- [ ] ', 'www.a.', '~~']) {
    const began = spent();
    const text = part.repeat(Math.floor(4000 / part.length));
    draw(markdown(text));
    draw(markdown(soFar(text)));
    draw(plain('http://e.org/' + text));
    assert.ok(spent() - began < 3, part);
  }
});
