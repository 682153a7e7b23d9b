// @ts-check

/** The seconds that this process has computed: on a busy machine, time passes without it. */
export function spent() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
