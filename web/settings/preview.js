// @ts-check
import { contrast, parseColor } from '../shared/accent.js';
import { base } from '../shared/socket.js';
import { html, useEffect, useRef } from '../shared/vdom.js';
import { ICONS } from '../widget/icons.js';
import { draft, first } from './state.js';
import { faceOf } from './values.js';
import { words } from './words.js';

/**
 * The visitor's page and the launcher as they would be: the page is the real one, in a frame
 * that is told of each change and does nothing else (see visitor/preview.js).
 */
export function Preview() {
  const frame = useRef(/** @type {any} */ (null));
  const face = faceOf(draft.value ?? {}, first.value);
  const show = () => frame.current?.contentWindow?.postMessage({ parley: 1, type: 'draft', face: faceOf(draft.value ?? {}, first.value) }, location.origin);
  useEffect(() => {
    const hear = (/** @type {MessageEvent} */ event) => {
      if (event.origin === location.origin && event.source === frame.current?.contentWindow && event.data?.parley === 1 && event.data.type === 'preview') show();
    };
    addEventListener('message', hear);
    return () => removeEventListener('message', hear);
  }, []);
  useEffect(show, [draft.value]);
  const color = parseColor(face.accent ?? '');
  const looks = color ? { background: face.accent, color: contrast(color, [255, 255, 255]) >= 4.5 ? 'white' : 'black' } : {};
  const logo = face.launcher?.icon === 'logo' && face.logo;
  return html`<section class="preview" aria-labelledby="preview-title">
    <h2 id="preview-title">${words.preview}</h2><p class="hint">${words.previewLead}</p>
    <div class="stage"><iframe ref=${frame} title=${words.previewFrame} src=${`${base}/?preview=1`} tabindex="-1" data-testid="preview"></iframe>
      <div class=${`launch ${face.launcher?.side === 'left' ? 'is-left' : ''}`} aria-hidden="true" data-testid="preview-launcher"><span style=${looks}>
        ${logo ? html`<img alt="" src=${logo.startsWith('data:') ? logo : base + logo} />` : html`<svg viewBox="0 0 20 20"><path d=${ICONS[face.launcher?.icon ?? ''] ?? ICONS.chat} /></svg>`}</span></div></div>
  </section>`;
}
