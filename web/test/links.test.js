// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutLinks, safeHref } from '../shared/links.js';
import { spent } from './spent.js';

/** Each text, and the links in it as [text, address]; the address is left out if it is the text. */
const TABLE = /** @type {[string, ...(string|[string, string])[]][]} */ ([
  ['see https://example.org/a_(b).', 'https://example.org/a_(b)'],
  ['(see https://example.org/a_(b))', 'https://example.org/a_(b)'],
  ['(https://example.org/a)', 'https://example.org/a'],
  ['[https://example.org/a] {https://example.org/b}', 'https://example.org/a', 'https://example.org/b'],
  ['https://example.org/?f=[1]. [x: https://example.org/[a]] https://example.org/{id}, {https://example.org/{id}}', ['https://example.org/?f=[1]', 'https://example.org/?f=[1]'], ['https://example.org/[a]', 'https://example.org/[a]'], ['https://example.org/{id}', 'https://example.org/%7Bid%7D'], ['https://example.org/{id}', 'https://example.org/%7Bid%7D']],
  ['www.example.org/?a[]=1&b[] and https://example.org/x](y)', ['www.example.org/?a[]=1&b[]', 'https://www.example.org/?a[]=1&b[]'], 'https://example.org/x](y)'],
  ['<https://example.org/a?b=c&d=e>', 'https://example.org/a?b=c&d=e'],
  ['"https://example.org/a" `https://example.org/b` |https://example.org/c|', 'https://example.org/a', 'https://example.org/b', 'https://example.org/c'],
  ['“https://example.org/a” „https://example.org/b“ »https://example.org/c« «https://example.org/d»', 'https://example.org/a', 'https://example.org/b', 'https://example.org/c', 'https://example.org/d'],
  ['https://example.org/a, https://example.org/b; https://example.org/c! https://example.org/d? https://example.org/e: https://example.org/f...', 'https://example.org/a', 'https://example.org/b', 'https://example.org/c', 'https://example.org/d', 'https://example.org/e', 'https://example.org/f'],
  ['https://example.org/a…', 'https://example.org/a'],
  ['‘https://example.org/it’s’', ['https://example.org/it’s', 'https://example.org/it%E2%80%99s']],
  ['**https://example.org/a** _https://example.org/b_', 'https://example.org/a', 'https://example.org/b'],
  ['请看https://example.org/a。谢谢，（https://example.org/b）', 'https://example.org/a', 'https://example.org/b'],
  ['https://example.org/aを見て、https://example.org에서 「https://example.org/c」', 'https://example.org/a', ['https://example.org', 'https://example.org/'], 'https://example.org/c'],
  ['https://ja.wikipedia.org/wiki/東京', ['https://ja.wikipedia.org/wiki/東京', 'https://ja.wikipedia.org/wiki/%E6%9D%B1%E4%BA%AC']],
  ['https://müller.example/straße und https://例え.テスト', ['https://müller.example/straße', 'https://xn--mller-kva.example/stra%C3%9Fe'], ['https://例え.テスト', 'https://xn--r8jz45g.xn--zckzah/']],
  ['http://localhost:3000/x?y=1#z', 'http://localhost:3000/x?y=1#z'],
  ['https://example.org:8443/a http://127.0.0.1/ http://[::1]:8080/x', 'https://example.org:8443/a', 'http://127.0.0.1/', 'http://[::1]:8080/x'],
  ['HTTPS://EXAMPLE.ORG/A', ['HTTPS://EXAMPLE.ORG/A', 'https://example.org/A']],
  ['https://example.org/?q=a@b.org&u=http://x.org', 'https://example.org/?q=a@b.org&u=http://x.org'],
  ['www.example.org', ['www.example.org', 'https://www.example.org/']],
  ['(www.example.org/a_(b)), WWW.example.org:8080?x=1.', ['www.example.org/a_(b)', 'https://www.example.org/a_(b)'], ['WWW.example.org:8080?x=1', 'https://www.example.org:8080/?x=1']],
  ['www.gov.uk. www.köln.de', ['www.gov.uk', 'https://www.gov.uk/'], ['www.köln.de', 'https://www.xn--kln-sna.de/']],
  ['www. and www.x and awww.example.org and x.www.example.org'],
  ['mail ada@example.org, please', ['ada@example.org', 'mailto:ada@example.org']],
  ['<ada.l+chat@mail.example.co.uk>. (bob@example.org)', ['ada.l+chat@mail.example.co.uk', 'mailto:ada.l+chat@mail.example.co.uk'], ['bob@example.org', 'mailto:bob@example.org']],
  ['a@b and git@example.org:ada/repo.git and @ada and ada@@example.org'],
  ['https://bank.example@evil.example/ https://u:p@evil.example https://www.bank.example@evil.example'],
  ['javascript:alert(1) data:text/html,x file:///etc/passwd ftp://example.org //example.org /api/me'],
  ['https:// http://. https://) xhttps://example.org 1.2.3 a.b node.js 20*30*40 12:30'],
  ['https://example.org/\u202efdp.exe', 'https://example.org/'],
  ['https://example.org/a\u200b b', 'https://example.org/a'],
]);

test('an address in a text is a link, without the sentence around it', () => {
  for (const [text, ...links] of TABLE) {
    const pieces = cutLinks(text);
    assert.equal(pieces.map((piece) => piece.text).join(''), text);
    assert.deepEqual(pieces.filter((piece) => piece.href).map((piece) => [piece.text, piece.href]),
      links.map((link) => (typeof link === 'string' ? [link, link] : link)), text);
  }
});

test('an address that could pass for another one is no link', () => {
  for (const href of ['https://bank.example@evil.example', 'https://bank.example:443@evil.example/', 'https://@evil.example:x', 'https://user:pass@example.org']) {
    assert.equal(safeHref(href), null, href);
  }
});

test('links are found in time that grows with the text, not with its square', () => {
  for (const part of ['a.', 'a@', 'a@a.', 'www.', 'www.a.', 'http://', 'http://a', '(', ')', '@', '[', 'a', '。', 'https://x(', '-', '%', 'www.a-']) {
    const began = spent();
    cutLinks(part.repeat(20_000));
    assert.ok(spent() - began < 3, part);
  }
});
