// @ts-check
import { html, useEffect, useRef, useSignal } from '../shared/vdom.js';
import { mayFocus } from './embed.js';
import { words } from './words.js';

/** @typedef {import('./chat.js').VisitorChat} VisitorChat */

/**
 * Asks how a chat was, once it is closed, or with the bot alone and nothing more is said: one
 * press rates it. Then words may follow, which Enter sends, and so does leaving the field. It
 * never takes the focus before it is used, and is not shown again once it was put off.
 * @param {{chat: VisitorChat, agent: string, onDone: () => void}} props
 */
export function Rating({ chat, agent, onDone }) {
  const { score, said } = chat.opinion.given.value;
  const text = useSignal('');
  const field = useRef(/** @type {any} */ (null));
  const add = () => {
    if (!text.value.trim() || chat.opinion.given.value.said) return;
    chat.opinion.rate(score, text.value);
  };
  const last = useRef(add);
  last.current = add;
  useEffect(() => () => last.current(), []); // what was typed is not lost when the form goes
  useEffect(() => {
    if (!score || said) return;
    if (mayFocus()) field.current?.focus();
    else onDone();
  }, [score]);
  if (said) return html`<p class="rating thanks" role="status" data-testid="rating-thanks">${words.thanksForWords}</p>`;
  if (score) return html`<div class="rating" data-testid="rating">
    <p class="thanks" role="status">${words.thanks}</p>
    <label class="label" for="rating-text">${words.addWords}</label>
    <textarea id="rating-text" ref=${field} class="input" rows="2" maxlength="1000" value=${text.value} enterkeyhint="send" aria-describedby="rating-hint" data-testid="rating-text" dir="auto"
      onInput=${(/** @type {any} */ e) => { text.value = e.currentTarget.value; }} onBlur=${add}
      onKeyDown=${(/** @type {KeyboardEvent} */ e) => {
        if (e.key !== 'Enter' || e.shiftKey || e.isComposing) return;
        e.preventDefault();
        add();
        onDone();
      }}></textarea>
    <p class="hint" id="rating-hint">${words.addWordsHint}</p>
  </div>`;
  return html`<fieldset class="rating" data-testid="rating"><legend>${words.howWas(agent)}</legend>
    <div class="scores">${[1, 2, 3, 4, 5].map((n) => html`<button type="button" key=${n} aria-label=${words.score(n)} onClick=${() => chat.opinion.rate(n, '')} data-testid=${`score-${n}`}>${n}</button>`)}</div>
    <p class="scale" aria-hidden="true"><span>${words.scores[1]}</span><span>${words.scores[5]}</span></p>
    <button type="button" class="textual" onClick=${() => { chat.opinion.not(); onDone(); }} data-testid="rate-not">${words.notNow}</button>
  </fieldset>`;
}
