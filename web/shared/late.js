// @ts-check

/**
 * Ends a request that is not answered in time: a server that takes a connection and says
 * nothing would keep whoever waits for ever. Browsers of before 2022 wait.
 * @param {number} ms
 * @returns {AbortSignal|undefined}
 */
export const late = (ms) => AbortSignal.timeout?.(ms);
