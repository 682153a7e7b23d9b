// @ts-check
import { face } from './face.js';
import { icon } from './icons.js';
import { base } from './socket.js';
import { html, useSignal } from './vdom.js';

/**
 * A picture that the site chose, or something else while it has none or it can't be loaded.
 * It says nothing to screen readers: the name is beside it.
 * @param {{address?: string, instead: any}} props the address below the base path, or of the picture itself (data:)
 */
function Picture({ address = '', instead }) {
  const gone = useSignal('');
  return !address || gone.value === address ? instead
    : html`<img src=${address.startsWith('data:') ? address : base + address} alt="" onError=${() => { gone.value = address; }} />`;
}

/** The bot's face: the site's picture of it, or an icon. */
export const botFace = () => html`<${Picture} address=${face.value.avatar} instead=${icon('bot')} />`;

/** The site's logo, or an icon. */
export const logo = () => html`<${Picture} address=${face.value.logo} instead=${icon('chat')} />`;
