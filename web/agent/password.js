// @ts-check
import { Component, html } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { words } from './words.js';

/** The bounds of package accounts, which decides; a page shows what it can know of them. */
const [MIN, MAX, MIN_OWN, MIN_WORD, MIN_DIFFERENT] = [10, 200, 8, 3, 5];

/** @typedef {'length'|'different'|'name'|'common'} Rule a rule for new passwords, as a refusal names it */

/** All rules, as they are said. Only the server has the list of common passwords. */
export const RULES = /** @type {Rule[]} */ (['length', 'different', 'name', 'common']);

/** @param {string} text */
const plain = (text) => text.normalize('NFKC').replace(/\s+/gu, '').toLowerCase();

/**
 * Whether a password meets a rule, as far as a page can tell: never true for what the server
 * would refuse by that rule.
 * @param {Rule} rule
 * @param {string} password
 * @param {string[]} names that anyone would try first: the person's and the site's
 */
export function meets(rule, password, names) {
  const text = plain(password);
  const length = [...password].length;
  switch (rule) {
    case 'length':
      return length >= MIN && length <= MAX;
    case 'different':
      return new Set(text).size >= MIN_DIFFERENT;
    case 'name': {
      let own = text;
      for (const name of [...names, 'parley']) {
        for (const part of name.normalize('NFKC').toLowerCase().split(/[^\p{L}\p{Nd}]+/u)) {
          if ([...part].length >= MIN_WORD) own = own.replaceAll(part, '');
        }
      }
      return own === text ? length >= MIN : [...own].length >= MIN_OWN;
    }
    default:
      return false;
  }
}

/**
 * A field for a new password. It says all rules before anything is typed, and each one that
 * is met as soon as it is. Nothing is called wrong before the server said so.
 * @extends {Component<{id: string, label: string, value: string, names: string[], problem: string, broken?: string, testid: string, onText: (text: string) => void}, {shown: boolean}>}
 */
export class NewPassword extends Component {
  state = { shown: false };

  render() {
    const { id, label, value, names, problem, broken, testid, onText } = this.props;
    const { shown } = this.state;
    const all = [...names, location.hostname];
    const met = RULES.filter((rule) => meets(rule, value, all));
    return html`<div class="choose">
      <label class="label" for=${id}>${label}</label>
      <div class="with-show"><input id=${id} class="input" type=${shown ? 'text' : 'password'} autocomplete="new-password" autocapitalize="none" spellcheck="false" value=${value}
        aria-describedby=${`${id}-problem ${id}-rules`} aria-invalid=${problem ? 'true' : undefined} data-testid=${testid} onInput=${(/** @type {any} */ e) => onText(e.currentTarget.value)} />
        <button type="button" class="textual" aria-pressed=${String(shown)} aria-label=${words.password.showIt} onClick=${() => this.setState({ shown: !shown })}>${shown ? words.password.hide : words.password.show}</button></div>
      <p class="problem" role="alert" id=${`${id}-problem`} data-testid=${`${testid}-problem`}>${problem}</p>
      <ul class="rules" id=${`${id}-rules`} data-testid="password-rules">${RULES.map((rule) => html`<li key=${rule} data-rule=${rule} data-met=${met.includes(rule) ? '' : undefined} data-broken=${broken === rule ? '' : undefined}>
        <span class="rule-sign" aria-hidden="true">${broken === rule ? icon('cross') : met.includes(rule) ? icon('check') : null}</span><span>${words.password.rules[rule]}</span></li>`)}</ul>
      <span class="unseen" role="status">${value ? words.password.met(met.length, RULES.length - 1) : ''}</span>
    </div>`;
  }
}
