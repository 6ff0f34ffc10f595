import { status } from '@grpc/grpc-js';
import type { Backend } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { type Check, listChecks, must, sharedAnswer } from '../check.ts';
import { mustRefuse } from '../shared/refusals.ts';
import type { SuiteOptions } from '../suite.ts';
import { ALL_SHOTS, CIRCUITS, type Experiments, productTask, SHOTS } from './run-call.ts';

/** Costs are sums of a few products: far above their rounding. */
const CLOSE = 1e-9;

/** Checks of ListBackends, GetBackend and Quote. */
export function backendChecks(
  experiments: Experiments,
  { deadlineMs }: SuiteOptions,
  backend: () => Promise<Backend>,
): readonly Check[] {
  const list = listChecks('experiment/v1/experiment.proto: ExperimentService.ListBackends, GetBackend, Quote');
  const listed = sharedAnswer(
    'the list of backends',
    async () => (await experiments.listBackends({}, { deadlineMs })).backends,
  );
  const quote = async (circuits = CIRCUITS) =>
    experiments.quote({ backend: (await backend()).name, circuits: [...circuits] }, { deadlineMs });

  list.promise('backends are listed by name, each once', async () => {
    const names = (await listed()).map(({ name }) => name);
    const sorted = [...new Set(names)].sort();
    must(names.join() === sorted.join(), `the names are ${names.join(', ')}`, sorted.join(', '));
    must(!names.includes(''), 'a backend has no name', 'a name');
  });

  list.promise(
    'a backend says what it is: provider, qubits, price, and why it takes no jobs where it takes none',
    async () => {
      for (const { name, provider, qubits, price, online, reason } of await listed()) {
        must(provider !== '', `${name} has no provider`, 'its provider');
        must(
          price !== undefined && price.unit !== '',
          `${name} has no price with a unit`,
          '"USD", "seconds", "credits" or "free"',
        );
        must(!online || qubits > 0, `${name} is online and has ${qubits} qubits`, 'at least one');
        must(
          online === (reason === ''),
          `${name}: online is ${online}, and the reason is "${reason}"`,
          'a reason where it takes no jobs, and only there',
        );
      }
    },
  );

  list.promise('each backend that is listed can be asked for', async () => {
    for (const { name, provider, simulated } of await listed()) {
      const one = (await experiments.getBackend({ name }, { deadlineMs })).backend;
      const what = `asked for ${name}, it is ${one?.name} of ${one?.provider}, simulated ${one?.simulated}`;
      must(
        one?.name === name && one.provider === provider && one.simulated === simulated,
        what,
        `as listed: ${provider}, ${simulated}`,
      );
    }
  });

  list.promise('a quote has the executions and shots of the circuits: rows, and shots of each row', async () => {
    const { executions, shots, jobs } = await quote();
    must(executions === 3, `${executions} executions are quoted for circuits of two rows and of one`, '3');
    must(Number(shots) === ALL_SHOTS, `${shots} shots are quoted for 3 executions of ${SHOTS}`, String(ALL_SHOTS));
    must(jobs >= 1 && jobs <= executions, `${jobs} jobs are quoted for ${executions} executions`, `1 to ${executions}`);
    const other = await quote([productTask(0, { shots: 7 })]);
    must(
      other.executions === 2 && Number(other.shots) === 14,
      `${other.executions} executions and ${other.shots} shots are quoted`,
      '2 and 14',
    );
  });

  list.promise(
    'a quote has the unit of the price, and the price of its jobs, executions and shots within its band',
    async () => {
      const { price } = await backend();
      const { cost, unit, jobs, executions, shots, seconds } = await quote();
      must(unit === price?.unit, `the unit is "${unit}"`, `"${price?.unit}", that of the backend's price`);
      for (const [what, estimate] of [
        ['cost', cost],
        ['time', seconds],
      ] as const) {
        const { low = 0, expected = 0, high = 0 } = estimate ?? {};
        must(
          estimate !== undefined && 0 <= low && low <= expected && expected <= high,
          `the ${what} is ${low}, ${expected}, ${high}`,
          'low ≤ expected ≤ high, from 0 on',
        );
      }
      const { perJob = 0, perExecution = 0, perShot = 0, perSecond = 0 } = price ?? {};
      const sum = perJob * jobs + perExecution * executions + perShot * Number(shots);
      const high = cost?.high ?? 0;
      must(
        high >= sum - CLOSE,
        `at most ${high} can be charged`,
        `at least ${sum}: the price of ${jobs} jobs, ${executions} executions, ${shots} shots`,
      );
      // By the second, or by the gates of the circuits: the price does not say it.
      if (perSecond > 0 || (price?.unit !== 'free' && sum === 0)) return;
      must(
        Math.abs((cost?.expected ?? 0) - sum) <= CLOSE,
        `${cost?.expected} is expected`,
        `${sum}: the price of ${jobs} jobs, ${executions} executions, ${shots} shots`,
      );
    },
  );

  list.promise('a quote spends nothing: the same request has the same quote', async () => {
    const [one, other] = [await quote(), await quote()];
    must(JSON.stringify(one.cost) === JSON.stringify(other.cost), 'the second quote has another cost', 'the same');
  });

  list.refusal('a backend that is not there is NOT_FOUND', () =>
    mustRefuse(experiments.getBackend({ name: 'none-of-them' }, { deadlineMs }), status.NOT_FOUND),
  );
  list.refusal('a quote of no circuits is INVALID_ARGUMENT', async () => {
    await quote();
    await mustRefuse(quote([]), status.INVALID_ARGUMENT);
  });
  list.refusal('a quote of a circuit without rows is INVALID_ARGUMENT', async () => {
    await quote();
    await mustRefuse(quote([productTask(0, { inputs: undefined })]), status.INVALID_ARGUMENT);
  });
  return list.checks;
}
