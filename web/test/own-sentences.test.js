// @ts-check
// Every sentence that a person reads stands in a page's file of words, so that another
// language is another file: no component has one of its own.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('..', import.meta.url);
const FOLDERS = ['agent', 'embed', 'files', 'ops', 'settings', 'shared', 'visitor', 'widget'];

/** Strings that look like words and are none: names of keys, of the platform, of products. */
const NAMES = /^(Enter|Escape|Tab|Home|End|Backspace|Delete|Unidentified|Arrow(Up|Down|Left|Right)|Page(Up|Down)|Infinity|GMT|UTC|Content-Type|Authorization|Bearer|Files|Accept|Canvas|Intl|Notification|NATS|Parley|Edge?|Opera|Firefox|Chrome|Safari|Android|Windows|Mac|Linux)$/;

/** Files of words, and data that looks like them. */
const NO_PAGE = /^(words(-[a-z]+)?|entities)\.js$/;

/** What is for whoever builds a site, not for who reads the page. */
const FOR_DEVELOPERS = /(console\??\.\w+(\?\.)?|\bsay|new \w*Error|\bexplain)\([^\n]*$/;

/**
 * The literals of a script: its strings, and the templates in pieces, each with what stands
 * before it on its line.
 * @param {string} source
 * @returns {{kind: 'string'|'html'|'template', text: string, before: string, line: number}[]}
 */
function literals(source) {
  /** @type {{kind: 'string'|'html'|'template', text: string, before: string, line: number}[]} */
  const found = [];
  let at = 0;
  const lineOf = (/** @type {number} */ i) => source.slice(0, i).split('\n').length;
  const before = (/** @type {number} */ i) => source.slice(source.lastIndexOf('\n', i - 1) + 1, i);
  /** Reads code until the closing brace of a template's ${}, or to the end. */
  const code = (/** @type {boolean} */ inTemplate) => {
    let depth = 0;
    while (at < source.length) {
      const c = source[at];
      if (source.startsWith('//', at)) {
        at = source.indexOf('\n', at);
        if (at < 0) at = source.length;
      } else if (source.startsWith('/*', at)) {
        at = source.indexOf('*/', at) + 2;
      } else if (c === "'" || c === '"') {
        const start = at++;
        while (source[at] !== c && source[at] !== '\n') at += source[at] === '\\' ? 2 : 1;
        found.push({ kind: 'string', text: source.slice(start + 1, at), before: before(start), line: lineOf(start) });
        at++;
      } else if (c === '`') {
        template();
      } else if (c === '/' && /[=(,:!&|?{};\n[]\s*$|\breturn\s*$|=>\s*$/.test(source.slice(Math.max(0, at - 12), at))) {
        let inClass = false; // a regular expression
        for (at++; source[at] !== '/' || inClass; at++) {
          if (source[at] === '\\') at++;
          else if (source[at] === '[') inClass = true;
          else if (source[at] === ']') inClass = false;
        }
        at++;
      } else {
        if (c === '{') depth++;
        if (c === '}' && depth-- === 0 && inTemplate) return;
        at++;
      }
    }
  };
  const template = () => {
    const start = at++;
    const kind = source.slice(0, start).endsWith('html') ? 'html' : 'template';
    let text = '';
    while (source[at] !== '`') {
      if (source[at] === '\\') {
        text += source.slice(at, at + 2);
        at += 2;
      } else if (source.startsWith('${', at)) {
        at += 2;
        code(true);
        at++;
        text += '\0';
      } else {
        text += source[at++];
      }
    }
    at++;
    found.push({ kind, text, before: before(start), line: lineOf(start) });
  };
  code(false);
  return found;
}

/** Whether a person would read it as words. */
function wordy(/** @type {string} */ text) {
  return !NAMES.test(text) && (/^[A-Z][a-z’]+…?$/.test(text) || /^[A-Z“][^<>{}=;]*[a-z’,:] [a-z’“]/.test(text) || /[a-z] [a-z’]+[.?!…]$/.test(text) || /[a-z]’[a-z]/.test(text));
}

/**
 * The sentences that a script has of its own.
 * @param {string} source
 */
function sentences(source) {
  const found = [];
  for (const { kind, text, before, line } of literals(source)) {
    if (FOR_DEVELOPERS.test(before)) continue;
    if (kind !== 'html') {
      if (wordy(text.replaceAll('\0', 'x'))) found.push(`${line}: ${text}`);
      continue;
    }
    for (const [, name, value] of text.matchAll(/\s(aria-label|title|placeholder|label|alt|aria-description|about)="([^"]*)"/g)) {
      if (/[A-Za-z]{2}/.test(value) && (name !== 'about' || / /.test(value))) found.push(`${line}: ${name}="${value}"`);
    }
    // What stands between the tags, without the elements that hold a key's name.
    const between = text.replace(/<kbd>[^<]*<\/kbd>/g, '').replace(/<[^>]*>/g, '\n').replace(/<[^>]*$/, '').replace(/^[^<]*>/, '');
    for (const each of between.split('\n')) if (/[A-Za-z]{2}/.test(each) && !NAMES.test(each)) found.push(`${line}: ${each.replaceAll('\0', '${…}').trim()}`);
  }
  return found;
}

test('no page’s script has a sentence of its own beside the files of words', () => {
  const found = FOLDERS.flatMap((folder) => readdirSync(new URL(`${folder}/`, ROOT)).filter((name) => name.endsWith('.js') && !NO_PAGE.test(name))
    .flatMap((name) => sentences(readFileSync(new URL(`${folder}/${name}`, ROOT), 'utf8')).map((each) => `${folder}/${name}:${each}`)));
  assert.deepEqual(found, []);
});

test('a sentence is found wherever it stands', () => {
  for (const source of [
    "x = 'Sign in';", "x = busy ? 'Signing in…' : '';", "show('Please enter a name.');", 'show(`${n} chats were closed.`);', "x = 'Save';", "x = 'it’s gone';",
    'html`<p class="lead">Nobody is here</p>`', 'html`<p>${n} chats <b>of</b></p>`', 'html`<input placeholder="Your name" />`', 'html`<${Dialog} title="Why"><//>`', 'html`<p>${a ? html`<b>Yes</b>` : ""}</p>`',
  ]) assert.equal(sentences(source).length > 0, true, source);
  for (const source of [
    "x = 'button small danger';", "if (event.key === 'Enter') go();", "console.warn('Parley is off.');", 'html`<kbd>Esc</kbd>`', 'html`<p class="item main" title=${words.a}>${words.b}</p>`', "x = /it’s 'so'/;", '// Nothing is said.', "x = '--accent-text';", "x = 'application/json';",
  ]) assert.deepEqual(sentences(source), [], source);
});
