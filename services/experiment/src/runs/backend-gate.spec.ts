import { createRandom } from '@qloom/random/random.ts';
import { createFakeVendor } from '../testing/fake-vendor.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createBackendGate } from './backend-gate.ts';

const NONE = { limited: 0, reset: 0, lostReply: 0, unanswered: 0, failed: 0, cancelled: 0, latencyMs: 0, lateMs: 0 };

/** A gate of a backend with 30 submissions a minute and 3 pending jobs. */
async function openGate() {
  const clock = createManualClock();
  const submission = { isIdempotent: true, settleMs: 0 };
  const vendor = createFakeVendor({ clock, random: createRandom(1), submission, faults: NONE, maxExecutions: 1 });
  const gate = createBackendGate(vendor.backend, clock);
  await gate.describe(new AbortController().signal);
  return { gate, clock };
}

describe('createBackendGate', () => {
  it('lets at most so many jobs be pending', async () => {
    const { gate } = await openGate();
    expect(['a', 'b', 'c', 'd', 'a'].map((key) => gate.take(key))).toEqual([0, 0, 0, Number.POSITIVE_INFINITY, 0]);
    gate.remove('b');
    expect(gate.take('d')).toBe(0);
  });

  it('lets at most so many submissions pass in any minute', async () => {
    const { gate, clock } = await openGate();
    const passed: number[] = [];
    for (let i = 0; i < 200; i++) {
      const wait = gate.take('a');
      if (wait === 0) passed.push(clock.elapsed());
      else clock.advance(wait);
      clock.advance(100);
    }
    expect(passed.length).toBeGreaterThan(60);
    passed.forEach((time, i) => {
      if (i >= 30) expect(time - passed[i - 30]).toBeGreaterThanOrEqual(60_000);
    });
  });

  it('waits as long as the backend asks', async () => {
    const { gate, clock } = await openGate();
    gate.holdBack(5_000);
    expect(gate.take('a')).toBe(5_000);
    clock.advance(5_000);
    expect(gate.take('a')).toBe(0);
  });
});
