// @ts-check

/** Every sentence about teams in the console. */
export const teamWords = {
  team: 'Team',
  filter: 'Which line',
  all: (/** @type {number} */ n) => `All lines (${n})`,
  mine: (/** @type {number} */ n) => `For me (${n})`,
  everybody: (/** @type {number} */ n) => `Everybody’s line (${n})`,
  one: (/** @type {string} */ name, /** @type {number} */ n) => `${name} (${n})`,
  others: 'Other teams',
  theirs: (/** @type {string} */ name) => `This chat waits for ${name}. You’re not in that team, but you can step in.`,
};
