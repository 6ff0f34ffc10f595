import type { BackendLimits } from '../backend/backend.ts';
import { readApiKey, readUrl } from '../providers/api-key.ts';
import type { Options } from '../providers/options.ts';
import { readLimits } from '../providers/price-options.ts';
import type { Provider, ProviderContext } from '../providers/provider.ts';
import { createIonqBackend, type IonqSettings } from './ionq-backend.ts';
import { MOST_CIRCUITS } from './job-payload.ts';

/** Limits of jobs as the API documents them, but for the executions: of 100 a circuit may have 1,500 gates. All circuits have the same shots. */
const LIMITS: BackendLimits = { maxShots: 1_000_000, maxExecutions: 100, sameShots: true };

const DEVICE = /^(simulator|qpu\.[a-z0-9][a-z0-9.-]*)$/;

/** Devices of IonQ. */
export const IONQ_PROVIDER: Provider = {
  name: 'ionq',
  description: 'A device of IonQ, or its simulator, through the REST API; it compiles circuits itself.',
  open: (name, options, { clock, env, fetch }) => createIonqBackend(readSettings(name, options, env), clock, fetch),
};

function readSettings(name: string, options: Options, env: ProviderContext['env']): IonqSettings {
  const seconds = (field: string, fallback: number, minimum: number) =>
    options.number(field, { minimum, maximum: 3600 }, fallback);
  const device = options.text('device');
  if (!DEVICE.test(device)) options.refuse('device', `is "${device}"; right would be qpu.NAME, or simulator`);
  const noise = options.has('noise') ? options.text('noise') : undefined;
  if (noise !== undefined && device !== 'simulator') {
    options.refuse('noise', `belongs to device: simulator, and the device is ${device}; right would be no noise`);
  }
  const limits = readLimits(options, LIMITS);
  if ((limits.maxExecutions ?? Number.POSITIVE_INFINITY) > MOST_CIRCUITS) {
    options.refuse('limits', `maxExecutions is above ${MOST_CIRCUITS}, the most circuits of a job at IonQ`);
  }
  return {
    name,
    device,
    noise: noise === 'ideal' ? undefined : noise,
    // All circuits of a job have one number of shots, whatever the file says.
    limits: { ...limits, sameShots: true },
    apiKey: readApiKey(options, env, { variable: 'QLOOM_IONQ_API_KEY', right: 'the key' }),
    url: readUrl(options, 'url', 'https://api.ionq.co/v0.4'),
    minimumPer: options.choice('minimumPer', ['job', 'circuit', 'unknown'], 'unknown'),
    sessions: options.boolean('sessions', false),
    pollMs: 1000 * seconds('pollSeconds', 5, 0.01),
    timeoutMs: 1000 * seconds('timeoutSeconds', 60, 0.1),
  };
}
