import { status } from '@grpc/grpc-js';
import { JobState, type RunResponse } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { violationsOf } from '@qloom/service-kit/faults/status-details.ts';
import { rotations } from '../testing/circuit-tasks.ts';
import { type ServedExperiment, serveExperiment } from '../testing/serve-experiment.ts';

const PRICED = `
- name: simulator
  provider: simulator
  price: {unit: USD, perJob: 0.5, perShot: 0.001}
  limits: {maxExecutions: 2}
- name: slow
  provider: simulator
  queueSeconds: 3600
  price: {unit: USD, perJob: 1}
  limits: {maxExecutions: 1, maxPendingJobs: 1}
- name: other
  provider: simulator
  qubits: 3
`;

type Part<C> = Extract<NonNullable<RunResponse['part']>, { readonly $case: C }>;
const partsOf = <C extends NonNullable<RunResponse['part']>['$case']>(responses: readonly RunResponse[], $case: C) =>
  responses.flatMap(({ part }) => (part?.$case === $case ? [(part as Part<C>).value] : [])) as Part<C>['value'][];

describe('ExperimentService', () => {
  let served: ServedExperiment;
  beforeAll(async () => {
    served = await serveExperiment(PRICED);
  });
  afterAll(() => served.close());

  it('lists the backends by name', async () => {
    const { backends } = await served.remote.listBackends({});
    expect(backends.map(({ name, qubits, online }) => [name, qubits, online])).toEqual([
      ['other', 3, true],
      ['simulator', 20, true],
      ['slow', 20, true],
    ]);
    const { backend } = await served.remote.getBackend({ name: 'simulator' });
    expect([backend?.price?.unit, backend?.price?.perJob, backend?.limits?.maxExecutions]).toEqual(['USD', 0.5, 2]);
    await expect(served.remote.getBackend({ name: 'none' })).rejects.toThrow(
      'backend none: is not configured; right would be other, simulator, slow',
    );
  });

  it('quotes what a run then costs, and streams its results once', async () => {
    const circuits = [rotations(0, [0, Math.PI, 1], 100), rotations(1, [2], 300)];
    const quote = await served.remote.quote({ backend: 'simulator', circuits });
    // Two executions in a job: two jobs of 0.5 and 600 shots of 0.001.
    expect([quote.jobs, quote.executions, quote.shots, quote.unit]).toEqual([2, 4, 600n, 'USD']);
    expect(quote.cost?.expected).toBeCloseTo(1.6, 12);
    const responses = await served.run({ run: 'quoted' }, circuits);
    expect(responses[0].part).toEqual({ $case: 'quote', value: quote });
    const counts = partsOf(responses, 'counts');
    expect(counts.map(({ circuit, row }) => [circuit, row]).sort()).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
    ]);
    expect(counts.find(({ circuit, row }) => circuit === 0 && row === 1)).toMatchObject({
      outcomes: [1n],
      counts: [100],
    });
    const [summary] = partsOf(responses, 'summary');
    expect(summary).toMatchObject({ shots: 600n, jobs: 2, cancelled: false });
    expect(summary.cost).toBeCloseTo(1.6, 12);
    const last = partsOf(responses, 'job').filter(({ state }) => state === JobState.COMPLETED);
    expect(last.map(({ job }) => job).sort()).toEqual([0, 1]);

    const again = await served.run({ run: 'quoted' }, circuits);
    expect(partsOf(again, 'counts')).toEqual(expect.arrayContaining(counts));
    expect(partsOf(again, 'summary')).toEqual([summary]);
  });

  it('gives the same counts for the same seed in another run', async () => {
    const circuits = [rotations(0, [1, 2, 3], 50)];
    const [a, b, c] = await Promise.all([
      served.run({ run: 'seed-a', seed: 5 }, circuits),
      served.run({ run: 'seed-b', seed: 5 }, circuits),
      served.run({ run: 'seed-c', seed: 6 }, circuits),
    ]);
    const drawn = (responses: readonly RunResponse[]) =>
      partsOf(responses, 'counts')
        .map(({ row, counts }) => [row, ...counts])
        .sort();
    expect(drawn(a)).toEqual(drawn(b));
    expect(drawn(a)).not.toEqual(drawn(c));
  });

  it('refuses a run that exceeds the budget of its study, to the shot and the cent', async () => {
    const budget = { cost: 1.7, shots: 1200n };
    const circuits = [rotations(0, [1], 1200)];
    await served.run({ study: 'capped', run: 'first', budget }, circuits);
    const refused = await served
      .run({ study: 'capped', run: 'second', budget }, [rotations(0, [1], 1)])
      .catch((error) => error);
    expect(refused).toMatchObject({
      code: status.FAILED_PRECONDITION,
      details:
        'run second: exceeds the budget on simulator: it may cost 0.501 USD, and 0 of 1.7 are left; it takes 1 shots, and 0 of 1200 are left',
    });
    expect(violationsOf(refused)).toMatchObject([{ field: 'settings.budget' }]);
    await expect(
      served.run({ study: 'capped-2', run: 'first', budget: { cost: 1.6999, shots: undefined } }, circuits),
    ).rejects.toThrow('it may cost 1.7 USD, and 1.6999 of 1.6999 are left');
    // Another study, and another backend, have budgets of their own.
    await served.run({ study: 'capped', run: 'elsewhere', backend: 'other', budget }, circuits);
  });

  it('refuses other circuits under the name of a run', async () => {
    await served.run({ run: 'named' }, [rotations(0, [1], 10)]);
    await expect(served.run({ run: 'named' }, [rotations(0, [1.5], 10)])).rejects.toThrow(
      'run named: exists with other settings or circuits; right would be another name',
    );
  });

  it('names the circuit that is wrong', async () => {
    const wrong = { ...rotations(1, [1], 10), qubits: [1] };
    await expect(served.run({ run: 'wrong' }, [rotations(0, [1], 10), wrong])).rejects.toThrow(
      'circuits[1].qubits[0]: is 1; right would be 0 to 0',
    );
    await expect(served.run({ run: 'Wrong' }, [rotations(0, [1], 10)])).rejects.toThrow('run: is "Wrong"');
    await expect(served.run({ run: 'wrong' }, [])).rejects.toThrow('circuit');
    await expect(served.run({ run: 'wrong' }, [rotations(0, [1], 2_000_000)])).rejects.toThrow(
      'backend simulator: 2000000 shots; at most 1000000 are right',
    );
  });

  it('cancels jobs that wait, submits no others, and frees the budget', async () => {
    const budget = { cost: 2, shots: undefined };
    const slow = { study: 'slow', backend: 'slow', budget };
    const call = served.remote.run();
    const settings = { ...slow, run: 'first', seed: 1 };
    await call.send({ part: { $case: 'settings', value: settings } });
    await call.send({ part: { $case: 'circuit', value: rotations(0, [1, 2], 10) } });
    call.closeSend();
    const responses: RunResponse[] = [];
    for await (const response of call) {
      responses.push(response);
      const isQueued = response.part?.$case === 'job' && response.part.value.state === JobState.QUEUED;
      if (!isQueued || responses.some(({ part }) => part?.$case === 'summary')) continue;
      // The second job of the run has no room yet.
      expect(await served.remote.cancel({ study: 'slow', run: 'first' })).toEqual({ cost: 0, cancelledJobs: 1 });
      break;
    }
    const again = await served.run(settings, [rotations(0, [1, 2], 10)]);
    expect(partsOf(again, 'summary')).toEqual([{ cost: 0, shots: 0n, jobs: 1, cancelled: true }]);
    // All of the budget is left for another run, which begins with its quote.
    const next = served.remote.run();
    await next.send({ part: { $case: 'settings', value: { ...settings, run: 'second' } } });
    await next.send({ part: { $case: 'circuit', value: rotations(0, [1, 2], 10) } });
    next.closeSend();
    expect((await next.receive())?.part).toMatchObject({ $case: 'quote', value: { cost: { high: 2 } } });
    next.cancel();
    expect(await served.remote.cancel({ study: 'slow', run: 'second' })).toMatchObject({ cost: 0 });
  });

  it('cancels nothing of a run that has ended, and knows no other', async () => {
    await served.run({ run: 'done' }, [rotations(0, [1], 10)]);
    expect(await served.remote.cancel({ study: 'study', run: 'done' })).toMatchObject({ cancelledJobs: 0 });
    await expect(served.remote.cancel({ study: 'study', run: 'none' })).rejects.toThrow(
      'run none: study study has none of that name',
    );
  });
});
