// @ts-check
import { html, useSignal } from '../shared/vdom.js';

const WORDS = ['', 'Bad', 'Poor', 'Fair', 'Good', 'Very good'];

/**
 * Asks how a chat with a person was, once it is closed.
 * @param {{agent: string, onRate: (score: number, text: string) => void}} props
 */
export function Rating({ agent, onRate }) {
  const score = useSignal(0);
  const text = useSignal('');
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (score.value) onRate(score.value, text.value);
  };
  return html`<form class="rating" onSubmit=${submit} data-testid="rating">
    <fieldset><legend>How was the chat with <bdi>${agent}</bdi>?</legend>
      <div class="scores">${[1, 2, 3, 4, 5].map((n) => html`<label key=${n}><input type="radio" name="score" value=${n} checked=${score.value === n}
          aria-label=${`${n} of 5, ${WORDS[n].toLowerCase()}`} onChange=${() => { score.value = n; }} data-testid=${`score-${n}`} /><span aria-hidden="true">${n}</span></label>`)}</div>
      <p class="scale" aria-hidden="true">${score.value ? html`<span class="chosen">${WORDS[score.value]}</span>` : html`<span>Bad</span><span>Very good</span>`}</p>
    </fieldset>
    ${score.value > 0 && html`<label class="unseen" for="rating-text">Anything to add</label>
      <textarea id="rating-text" class="input" rows="2" maxlength="1000" placeholder="Anything to add? (optional)" value=${text.value}
        onInput=${(/** @type {any} */ e) => { text.value = e.currentTarget.value; }}></textarea>
      <button class="button main" data-testid="rate">Send rating</button>`}
  </form>`;
}
