// @ts-check

/** @typedef {import('./api.js').Ratings} Ratings */

/**
 * The ratings that all replicas counted, together; null if none counts any.
 * @param {Pick<import('./api.js').Snapshot, 'roles'>} snap
 * @returns {Ratings|null}
 */
export function rated({ roles }) {
  const each = roles.flatMap((role) => role.replicas.flatMap(({ ratings }) => ratings ?? []));
  if (each.length === 0) return null;
  const sum = (/** @type {'agent'|'bot'} */ of) => each.reduce((all, one) => ({ visits: all.visits + one[of].visits, points: all.points + one[of].points }), { visits: 0, points: 0 });
  return { agent: sum('agent'), bot: sum('bot') };
}
