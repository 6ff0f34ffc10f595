import type { BackendLimits } from '../backend/backend.ts';
import { readApiKey, readUrl } from '../providers/api-key.ts';
import type { Options } from '../providers/options.ts';
import { readLimits } from '../providers/price-options.ts';
import type { Provider, ProviderContext } from '../providers/provider.ts';
import { createIbmBackend, type IbmSettings } from './ibm-backend.ts';

/** Environment variable with the API key. */
const API_KEY = 'QLOOM_IBM_API_KEY';

/** Limits of sampler jobs as the service documents them; the pending jobs are those of the open plan. */
const LIMITS: BackendLimits = { maxJobShots: 10_000_000, sameShots: true, createsPerMinute: 5, maxPendingJobs: 3 };

/** Devices of IBM Quantum. */
export const IBM_PROVIDER: Provider = {
  name: 'ibm',
  description: 'A device of IBM Quantum, through the REST API of Qiskit Runtime.',
  open: (name, options, context) => createIbmBackend(readSettings(name, options, context.env), context),
};

function readSettings(name: string, options: Options, env: ProviderContext['env']): IbmSettings {
  const seconds = (field: string, fallback: number, minimum = 0) =>
    options.number(field, { minimum, maximum: 3600 }, fallback);
  return {
    name,
    device: options.text('device'),
    instance: options.text('instance'),
    apiKey: readApiKey(options, env, { variable: API_KEY, keyIn, right: 'the key, or JSON with "apikey"' }),
    url: readUrl(options, 'url', 'https://quantum.cloud.ibm.com'),
    iamUrl: readUrl(options, 'iamUrl', 'https://iam.cloud.ibm.com'),
    program: options.text('program', 'sampler'),
    limits: readLimits(options, LIMITS),
    overheadSeconds: seconds('overheadSeconds', 2),
    pollMs: 1000 * seconds('pollSeconds', 5, 0.01),
    timeoutMs: 1000 * seconds('timeoutSeconds', 60, 0.1),
  };
}

function keyIn(text: string): string | undefined {
  if (!text.startsWith('{')) return text;
  try {
    const { apikey } = JSON.parse(text) as { readonly apikey?: unknown };
    return typeof apikey === 'string' ? apikey : undefined;
  } catch {
    return undefined;
  }
}
