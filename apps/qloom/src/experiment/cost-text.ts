/** A number of things: `1 job`, `3 jobs`. */
export const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** An amount in the unit of a backend's price. */
export const costText = (cost: number, unit: string): string =>
  unit === 'free' ? 'free' : `${Number(cost.toPrecision(6))} ${unit}`;

/** What the state of a job is called, by its number. */
const STATES = ['', 'will be submitted', 'waits', 'runs', 'has results', 'failed', 'was cancelled'];

/** The state of a job in words. */
export const stateText = (state: number): string => STATES[state] ?? '';
