import type { CheckResult } from './run-checks.ts';

/** How many checks ended how. */
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

/** One line of a check; below a failed one what was wrong, where in the contract it stands, and what would be right. */
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
