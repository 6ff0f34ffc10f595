import { DEFAULT_LIMITS, type Engine } from './engine.ts';
import type { EngineEntry } from './engine-entry.ts';
import { createReferenceEngine } from './reference-engine.ts';
import { createEngine, type Selection, selectEngine } from './select-engine.ts';

/** An engine whose adjoint takes `ms` of a simulated clock. */
function timed(name: string, ms: number, clock: { now: number; steps: string[] }): EngineEntry {
  const create = async (): Promise<Engine> => ({
    ...createReferenceEngine(),
    async compile(circuit, observables) {
      const compiled = await createReferenceEngine().compile(circuit, observables);
      return {
        ...compiled,
        async adjoint() {
          clock.now += ms;
          clock.steps.push(name);
          const none = new Float64Array(0);
          return { expectations: none, parameters: none, inputs: none };
        },
      };
    },
  });
  const capabilities = { precisions: ['float64' as const], noise: false, limits: DEFAULT_LIMITS };
  const find = async () => ({ available: true as const, detail: 'a test' });
  return { name, description: 'counts', capabilities, find, create };
}

const absent: EngineEntry = {
  ...timed('absent', 0, { now: 0, steps: [] }),
  find: async () => ({ available: false, reason: 'no such device' }),
};

describe('selectEngine', () => {
  it('selects the fastest available engine, gives the reason, and measures a much slower one only once', async () => {
    const clock = { now: 0, steps: [] as string[] };
    const entries = [timed('fast', 2, clock), absent, timed('hopeless', 41, clock), timed('slow', 39, clock)];
    const { selected, reason, measurements } = await selectEngine({ nowMs: () => clock.now, entries });
    expect(selected).toBe('fast');
    expect(measurements.map((one) => one.name)).toEqual(['fast', 'slow', 'hopeless']);
    expect(reason).toBe('the fastest on a training step of the default QNN: fast 2.0 ms, slow 39 ms, hopeless 41 ms');
    expect(clock.steps.filter((name) => name === 'hopeless')).toHaveLength(1);
  });

  it('measures once for a shape and a set of available engines', async () => {
    const clock = { now: 0, steps: [] as string[] };
    const cache = new Map<string, Selection>();
    const entries = [timed('fast', 1, clock), absent];
    const first = await selectEngine({ nowMs: () => clock.now, entries, cache });
    const { length } = clock.steps;
    expect(await selectEngine({ nowMs: () => clock.now, entries, cache })).toEqual(first);
    expect(clock.steps).toHaveLength(length);
    await selectEngine({ nowMs: () => clock.now, entries: [...entries, timed('new', 1, clock)], cache });
    expect(clock.steps.length).toBeGreaterThan(length);
  });

  it('neither measures nor selects engines with automatic: false', async () => {
    const clock = { now: 0, steps: [] as string[] };
    const software: EngineEntry = {
      ...timed('software', 1, clock),
      find: async () => ({ available: true, detail: 'a slow device', automatic: false }),
    };
    const { measurements } = await selectEngine({
      nowMs: () => clock.now,
      entries: [software, timed('slow', 9, clock)],
    });
    expect(measurements.map((one) => one.name)).toEqual(['slow']);
    expect(clock.steps).not.toContain('software');
  });

  it('throws if no engine fits', async () => {
    const only = selectEngine({
      nowMs: () => 0,
      entries: [absent, timed('a', 1, { now: 0, steps: [] })],
      precision: 'float32',
    });
    await expect(only).rejects.toThrow('engine: none is present for 4 qubits in float32');
  });
});

describe('createEngine', () => {
  it('refuses unknown names and precisions, and lists the known ones', async () => {
    await expect(createEngine('abacus')).rejects.toThrow("engine: 'abacus' is none of 'auto', ");
    await expect(createEngine('reference', { precision: 'float32' })).rejects.toThrow(
      "engine: 'reference' has no float32; it has float64",
    );
  });
});
