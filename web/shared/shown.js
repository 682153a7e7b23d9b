// @ts-check

/**
 * How a file is shown, by its media type: in place, or as a card.
 * @param {string} type
 * @returns {'image'|'audio'|'video'|'card'}
 */
export function shownAs(type) {
  const [, kind = 'card'] = /^(image|audio|video)\/(?:png|jpeg|gif|webp|avif|mp4|mpeg|ogg|wav|aac|flac|webm)$/.exec(type) ?? [];
  return /** @type {any} */ (kind);
}
