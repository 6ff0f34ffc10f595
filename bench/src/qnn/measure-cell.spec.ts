import { createReferenceEngine } from '@qloom/qnn/engine/reference-engine.ts';
import { type Contender, ContenderError, timeCalls } from './contenders/contender.ts';
import { createEngineContender } from './contenders/engine-contender.ts';
import { naiveStep } from './contenders/naive.ts';
import { measureCell } from './measure-cell.ts';
import type { Problem } from './problem.ts';

const cell = { qubits: 4, layers: 3, batch: 6 };
const effort = { rounds: 2, seconds: 1, most: 3, enough: 60 };

/** A clock on which a millisecond passes at every look. */
function createClock(): () => number {
  let now = 0;
  return () => now++;
}

const engine = () => createEngineContender(createReferenceEngine(), 'test', createClock());

/** A correct peer on two rows; its batches take the given time. */
function peer(times: number[], change: Partial<Contender> = {}): Contender {
  return {
    name: 'peer',
    ours: false,
    about: 'peer 1',
    gradients: true,
    rows: () => 2,
    async prepare(problem: Problem) {
      const { expectations, gradient } = naiveStep(problem);
      return { firstMs: 9, expectations: expectations.subarray(0, problem.qubits), gradient, note: '' };
    },
    time: async () => times,
    close: async () => {},
    ...change,
  };
}

const measure = async (one: Contender) => (await measureCell(cell, [engine()], [one], engine(), { effort }))[1];

describe('measureCell', () => {
  it('scales the median of fewer rows to the batch, and says so', async () => {
    expect(await measure(peer([1, 5, 2]))).toEqual({
      name: 'peer',
      ours: false,
      stepMs: 6,
      forwardMs: Number.NaN,
      firstMs: 9,
      rows: 2,
      note: '2 of 6 rows, scaled; peer 1',
    });
  });

  it('gives no further turn to a contender that has been timed long enough', async () => {
    let turns = 0;
    const slow = peer([], { time: async () => [7_000 * ++turns] });
    const cells = await measureCell(cell, [engine()], [slow], engine(), {
      effort: { ...effort, rounds: 9, enough: 20 },
    });
    // 7 + 14 seconds; the median of both, for 2 rows of 6.
    expect([turns, cells[1].stepMs]).toEqual([2, 31_500]);
  });

  it('times the forward pass of a contender without gradients', async () => {
    const forward = await measure(peer([4], { gradients: false, rows: () => 6 }));
    expect(forward).toMatchObject({ stepMs: Number.NaN, forwardMs: 4, note: 'peer 1' });
  });

  it('times engines by the given clock', async () => {
    const [ours] = await measureCell(cell, [engine()], [], engine(), { effort });
    // The reference is given 4 rows of 6; one look at the clock before and one after.
    expect(ours).toMatchObject({ ours: true, rows: 4, stepMs: 1.5, forwardMs: 1.5, firstMs: 1 });
  });

  it('does not time a contender with wrong results', async () => {
    const wrong = peer([1], {
      prepare: async () => ({ firstMs: 1, expectations: [0, 0, 0, 0], gradient: null, note: '' }),
    });
    const { stepMs, firstMs, note } = await measure(wrong);
    expect([stepMs, firstMs]).toEqual([Number.NaN, Number.NaN]);
    expect(note).toMatch(/^not timed, since an expectation differs by 0\.\d+; peer 1$/);
  });

  it.each(['prepare', 'time'] as const)('continues if a peer fails to %s', async (step) => {
    const fail = async () => {
      throw new ContenderError('peer: out of memory');
    };
    expect(await measure(peer([1], { [step]: fail }))).toMatchObject({
      stepMs: Number.NaN,
      note: 'peer: out of memory; peer 1',
    });
  });

  it('refuses to measure an engine of ours that is wrong', async () => {
    const wrong = {
      ...engine(),
      name: 'new',
      evaluate: async (problem: Problem) => naiveStep({ ...problem, layers: 2 }),
    };
    await expect(measureCell(cell, [wrong], [], engine(), { effort })).rejects.toThrow(
      /^new, n=4 L=3 B=6: an expectation differs by 0\.\d+ from the reference$/,
    );
  });
});

describe('timeCalls', () => {
  it('makes one call at least, and ends by time or by count', async () => {
    expect(await timeCalls(() => 0, 0, 5, createClock())).toEqual([1]);
    expect(await timeCalls(() => 0, 1, 5, createClock())).toEqual([1, 1, 1, 1, 1]);
    // Two looks for each call and one between them.
    expect(await timeCalls(() => 0, 0.009, 5, createClock())).toHaveLength(3);
  });
});
