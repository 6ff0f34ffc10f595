import { type ArrayStep, createStepCache, type StepDefinition } from './step-cache.ts';

const definition: StepDefinition = { inputs: [], step: () => ({}) };

/** Builds identifiable steps, and records the builds and disposals. */
function builder() {
  const disposed: number[] = [];
  let built = 0;
  const build = async (): Promise<ArrayStep> => {
    const number = built++;
    return { run: async () => ({ number: Float32Array.of(number) }), dispose: () => void disposed.push(number) };
  };
  return { build, disposed, built: () => built };
}

describe('createStepCache', () => {
  it('builds a structure once for all concurrent holders, and keeps it for later ones', async () => {
    const { build, disposed, built } = builder();
    const cache = createStepCache(build);
    const held = await Promise.all([cache.hold('a', () => definition), cache.hold('a', () => definition)]);
    for (const step of held) step.release();
    const later = await cache.hold('a', () => {
      throw new Error('built already');
    });
    expect((await later.run([])).number[0]).toBe(0);
    expect([built(), cache.size, disposed]).toEqual([1, 1, []]);
  });

  it('frees the least recently used idle steps beyond the limit, and none that is held', async () => {
    const { build, disposed } = builder();
    const cache = createStepCache(build, { idle: 1 });
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((key) => cache.hold(key, () => definition)));
    for (const step of [b, a]) step.release();
    expect(cache.size).toBe(2);
    // Releasing twice counts once: c is still held.
    b.release();
    (await cache.hold('a', () => definition)).release();
    c.release();
    await new Promise(setImmediate);
    expect(cache.size).toBe(1);
    expect(disposed).toEqual([1, 0]);
  });

  it('tries again after a build that failed', async () => {
    const { build } = builder();
    let fails = true;
    const cache = createStepCache(() => (fails ? Promise.reject(new Error('no such kernel')) : build()));
    await expect(cache.hold('a', () => definition)).rejects.toThrow('no such kernel');
    expect(cache.size).toBe(0);
    fails = false;
    const step = await cache.hold('a', () => definition);
    expect((await step.run([])).number[0]).toBe(0);
  });
});
