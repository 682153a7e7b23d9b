// @ts-check

/**
 * The words of a reply that the bot is still writing. They are a preview: if a
 * piece is missing, nothing is shown until the reply itself arrives.
 */
export class Stream {
  /** What can be shown now. */
  text = '';
  #turn = '';
  #length = 0;
  #broken = false;

  /**
   * Takes one piece.
   * @param {{turn?: string, pos?: number, text?: string}} piece `pos` says how many
   *   code points of the turn were sent before it
   * @returns {string} what can be shown now
   */
  add({ turn = '', pos = 0, text = '' }) {
    if (turn !== this.#turn) this.clear(turn);
    if (this.#broken || pos < this.#length) return this.text; // or a repeat
    if (pos > this.#length) {
      this.#broken = true;
      this.text = '';
      return '';
    }
    this.text += text;
    this.#length += [...text].length;
    return this.text;
  }

  /**
   * The reply has arrived, or the bot started over.
   * @param {string} [turn]
   */
  clear(turn = '') {
    this.#turn = turn;
    this.text = '';
    this.#length = 0;
    this.#broken = false;
  }
}
