import type { Backend } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { CheckFailure, CheckSkipped, sharedAnswer } from '../check.ts';
import type { SuiteOptions } from '../suite.ts';
import type { Experiments } from './run-call.ts';

/** Hyperparameter of the command line that names the backend of the runs. */
const SETTING = 'backend';

/** Whether something is charged: a price whose parts are all 0 in another unit than "free" is by the gates of a circuit. */
const isPriced = ({ price }: Backend): boolean =>
  price?.unit !== 'free' ||
  [price?.perJob, price?.perExecution, price?.perShot, price?.perSecond].some((part) => (part ?? 0) > 0);

/**
 * The backend that the checks run circuits on: the one of `--set backend=NAME`, else the first simulated one that is online and free of
 * charge. No check runs anything on another one, so that none spends money that nobody named.
 */
export function simulatedBackend(
  experiments: Experiments,
  { settings, deadlineMs }: SuiteOptions,
): () => Promise<Backend> {
  return sharedAnswer('a simulated backend', async () => {
    const { backends } = await experiments.listBackends({}, { deadlineMs });
    const named = settings.get(SETTING);
    if (named !== undefined) {
      const found = backends.find(({ name }) => name === named);
      if (found !== undefined) return found;
      throw new CheckFailure(
        `--set ${SETTING}=${named}: there are ${backends.map(({ name }) => name).join(', ')}`,
        'one of these',
      );
    }
    const free = backends.find((backend) => backend.simulated && backend.online && !isPriced(backend));
    if (free !== undefined) return free;
    throw new CheckSkipped(
      `no backend is simulated, online and free of charge; --set ${SETTING}=NAME names one to run circuits on`,
    );
  });
}
