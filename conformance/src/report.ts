import type { CheckResult } from './run-checks.ts';

/** Number of checks by outcome. */
export interface Counts {
  readonly ok: number;
  readonly failed: number;
  readonly skipped: number;
  /** How long all of them took. Unit: seconds. */
  readonly seconds: number;
}

/** Counts results. */
export function countResults(results: readonly CheckResult[]): Counts {
  const count = (outcome: CheckResult['outcome']) => results.filter((result) => result.outcome === outcome).length;
  const seconds = Number(results.reduce((sum, result) => sum + result.seconds, 0).toFixed(3));
  return { ok: count('ok'), failed: count('failed'), skipped: count('skipped'), seconds };
}

/** Duration from which a line states it. Unit: seconds. */
const STATED_SECONDS = 1;

/** One line per check; for a failed one also what was wrong, what would be right, and its place in the contract. */
export function formatResult({ name, source, outcome, seconds, wrong, right, reason }: CheckResult): string {
  const took = seconds < STATED_SECONDS ? '' : `, ${seconds.toFixed(0)} s`;
  if (outcome === 'ok') return `ok       ${name}${took}`;
  if (outcome === 'skipped') return `skipped  ${name} (${reason})`;
  const lines = [`FAILED   ${name}${took}`, `           ${wrong}`, `           right would be ${right}`];
  return [...lines, `           ${source}`].join('\n');
}

/** The last line. */
export function formatCounts({ ok, failed, skipped, seconds }: Counts): string {
  const all = ok + failed + skipped;
  return `\n${all} checks: ${ok} ok, ${failed} failed, ${skipped} skipped, in ${seconds.toFixed(0)} s`;
}
