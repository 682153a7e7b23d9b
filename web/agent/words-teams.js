// @ts-check

/** Every sentence about teams in the console. */
export const teamWords = {
  team: 'Team',
  filter: 'Which line',
  all: (/** @type {number} */ n) => `All lines (${n})`,
  mine: (/** @type {number} */ n) => `For me (${n})`,
  every: 'All teams',
  everybody: (/** @type {number} */ n) => (n >= 0 ? `Everybody’s line (${n})` : 'No team'),
  one: (/** @type {string} */ name, /** @type {number} */ n) => (n >= 0 ? `${name} (${n})` : name),
  others: 'Other teams',
  theirs: (/** @type {string} */ name) => `This chat waits for ${name}. You’re not in that team, but you can step in.`,
};
