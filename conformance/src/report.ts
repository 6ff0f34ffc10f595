import type { CheckResult } from './run-checks.ts';

/** Number of checks by outcome. */
export interface Counts {
  readonly ok: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts results. */
export function countResults(results: readonly CheckResult[]): Counts {
  const count = (outcome: CheckResult['outcome']) => results.filter((result) => result.outcome === outcome).length;
  return { ok: count('ok'), failed: count('failed'), skipped: count('skipped') };
}

/** One line per check; for a failed one also what was wrong, what would be right, and its place in the contract. */
export function formatResult({ name, source, outcome, wrong, right, reason }: CheckResult): string {
  if (outcome === 'ok') return `ok       ${name}`;
  if (outcome === 'skipped') return `skipped  ${name} (${reason})`;
  return [`FAILED   ${name}`, `           ${wrong}`, `           right would be ${right}`, `           ${source}`].join(
    '\n',
  );
}

/** The last line. */
export function formatCounts({ ok, failed, skipped }: Counts): string {
  return `\n${ok + failed + skipped} checks: ${ok} ok, ${failed} failed, ${skipped} skipped`;
}
