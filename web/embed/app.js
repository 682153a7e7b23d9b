// @ts-check
import { base } from '../shared/socket.js';
import { html, useSignal } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { Toasts, showError } from '../shared/toast.js';
import { Login } from '../agent/login.js';
import { NotForYou } from '../ops/head.js';
import { check, embedding, me, problem, signIn, tag } from './state.js';
import { ATTRIBUTES, WORDS } from './words.js';

/** @typedef {import('./state.js').Embedding} Embedding */

/** The page: the sign-in, a sentence for those who are not admins, or how to embed the chat. */
export function App() {
  return html`${page()}<${Toasts} />`;
}

function page() {
  const who = me.value;
  if (who === undefined) return html`<main class="waiting-page"></main>`;
  if (who === null) return html`<${Login} sentence=${problem.value || WORDS.login} onSignedIn=${signIn} />`;
  if (who.role !== 'admin') return html`<${NotForYou} who=${who} />`;
  const known = embedding.value;
  return html`<div class="embed" data-testid="embed">
    <header class="embed-head"><span class="mark small" aria-hidden="true">${icon('chat')}</span><h1>${WORDS.title}</h1><a class="button" href=${`${base}/agent`}>${WORDS.console}</a></header>
    <main class="embed-main">
      ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
      ${known && html`<${Tag} known=${known} /><${Try} /><${Check} /><${Looks} />`}
    </main>
  </div>`;
}

/**
 * A line with a button that copies it.
 * @param {{text: string, label: string, testid: string}} props
 */
function Line({ text, label, testid }) {
  const copied = useSignal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      copied.value = true;
      setTimeout(() => { copied.value = false; }, 2000);
    } catch {
      showError(WORDS.copyFailed);
    }
  };
  return html`<div class="embed-line"><pre tabindex="0" aria-label=${label} data-testid=${testid}><code>${text}</code></pre>
    <button type="button" class="button" onClick=${copy} data-testid=${`${testid}-copy`}>${icon(copied.value ? 'check' : 'copy')}<span aria-live="polite">${copied.value ? WORDS.copied : WORDS.copy}</span></button></div>`;
}

/** @param {{known: Embedding}} props */
function Tag({ known }) {
  return html`<section class="card"><h2>${WORDS.tagTitle}</h2><p>${WORDS.tagLead}</p>
    <${Line} text=${tag()} label=${WORDS.tagLabel} testid="tag" />
    ${!known.address && html`<p class="soft">${WORDS.noAddress}</p>`}</section>`;
}

/** Runs the widget on this page. */
function Try() {
  const shown = useSignal(false);
  const start = () => {
    const page = /** @type {any} */ (window);
    if (page.parley) page.parley.boot();
    else {
      const script = document.createElement('script');
      script.src = `${base}/widget.js`;
      script.onload = () => page.parley?.open();
      script.onerror = () => { shown.value = false; script.remove(); showError(WORDS.tryFailed); };
      document.head.append(script);
    }
    page.parley?.open();
    shown.value = true;
  };
  const stop = () => {
    /** @type {any} */ (window).parley?.shutdown();
    shown.value = false;
  };
  return html`<section class="card"><h2>${WORDS.tryTitle}</h2><p>${WORDS.tryLead}</p>
    <button type="button" class="button ${shown.value ? '' : 'main'}" onClick=${shown.value ? stop : start} data-testid="try">${shown.value ? WORDS.tryStop : WORDS.tryStart}</button></section>`;
}

/** Checks a site. */
function Check() {
  const site = useSignal('');
  const busy = useSignal(false);
  const wrong = useSignal('');
  const found = useSignal(/** @type {Embedding|null} */ (null));
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy.value) return;
    found.value = null;
    if (!site.value.trim()) {
      wrong.value = WORDS.siteEmpty;
      document.getElementById('site')?.focus();
      return;
    }
    busy.value = true;
    try {
      found.value = await check(site.value);
      wrong.value = '';
    } catch (error) {
      wrong.value = /** @type {Error} */ (error).message;
      document.getElementById('site')?.focus();
    }
    busy.value = false;
  };
  return html`<section class="card"><h2>${WORDS.checkTitle}</h2><p>${WORDS.checkLead}</p>
    <form onSubmit=${submit} noValidate>
      <label class="label" for="site">${WORDS.site}</label>
      <div class="embed-ask"><input id="site" class="input" type="url" inputmode="url" autocomplete="url" spellcheck="false" maxlength="2000" placeholder=${WORDS.siteExample} value=${site.value}
        aria-describedby="site-problem" aria-invalid=${wrong.value ? 'true' : undefined} onInput=${(/** @type {any} */ e) => { site.value = e.currentTarget.value; }} data-testid="site" />
        <button class="button main" aria-disabled=${busy.value ? 'true' : undefined} data-testid="check">${busy.value ? WORDS.checking : WORDS.check}</button></div>
      <p id="site-problem" class="problem" role="alert" data-testid="site-problem">${wrong.value}</p>
    </form>
    <div aria-live="polite" data-testid="findings">${found.value && html`<${Findings} found=${found.value} />`}</div>
  </section>`;
}

/** @param {{found: Embedding}} props */
function Findings({ found }) {
  const findings = found.findings ?? [];
  const missing = findings.filter(({ level }) => level === 'bad').length;
  const site = found.site ?? '';
  return html`<p class="embed-verdict" data-level=${missing ? 'bad' : 'good'}>${missing ? WORDS.missing(site, missing) : WORDS.allGood(site)}</p>
    <ul class="embed-findings">${findings.map(({ level, text, line }, i) => html`<li key=${i} data-level=${level}>
      <span class="embed-level">${icon(level === 'good' ? 'check' : level === 'bad' ? 'cross' : 'info')}<b>${WORDS.levels[level]}</b></span>
      <div class="embed-found"><p>${text}</p>${line && html`<${Line} text=${line} label=${WORDS.tagLabel} testid=${`line-${i}`} />`}</div></li>`)}</ul>`;
}

/** What else there is to set, and which sites may show the chat. */
function Looks() {
  const allowed = embedding.value?.allowed ?? [];
  return html`<section class="card"><h2>${WORDS.attributes}</h2><p>${WORDS.attributesLead}</p>
    <dl class="embed-attributes">${ATTRIBUTES.map(([name, does]) => html`<div key=${name}><dt><code>${name}</code></dt><dd>${does}</dd></div>`)}</dl></section>
    <section class="card"><h2>${WORDS.allowed}</h2>
    ${allowed.length ? html`<ul class="embed-allowed">${allowed.map((site) => html`<li key=${site}><code>${site}</code></li>`)}</ul>` : html`<p>${WORDS.allowedNone}</p>`}</section>`;
}
