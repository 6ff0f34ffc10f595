import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { serveStandIn } from '../../e2e/src/stand-in-generator.ts';
import { runChecks } from './run-checks.ts';
import { openSuite } from './suites.ts';

describe('a third-party generator of 100 lines', () => {
  it('keeps every promise that a study relies on, without health, reflection or hyperparameters', async () => {
    const folder = await createTempFolder();
    const stop = await serveStandIn(folder.socket('stand-in'));
    const target = folder.socket('stand-in');
    const suite = openSuite('generator', { target, study: 'standin', deadlineMs: 60_000, settings: new Map() });
    const outcomes = new Map<string, string>();
    try {
      // It does not check requests, and therefore promises no refusals.
      const checks = suite.checks.filter(({ level }) => level === 'contract');
      for await (const { name, outcome, wrong } of runChecks(checks, async () => true))
        outcomes.set(name, wrong ?? outcome);
    } finally {
      suite.close();
      stop();
      await folder.remove();
    }
    expect(new Set(outcomes.values())).toEqual(new Set(['ok', 'skipped']));
    expect(outcomes.get('health answers SERVING under "live"')).toBe('skipped');
    expect(outcomes.get('reflection lists the service')).toBe('skipped');
    expect(outcomes.get('the same settings and points give the same model, bit for bit')).toBe('ok');
  });
});
