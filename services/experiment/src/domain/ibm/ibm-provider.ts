import { readFileSync } from 'node:fs';
import type { BackendLimits } from '../backend/backend.ts';
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
  open: (name, options, { clock, env, fetch }) => createIbmBackend(readSettings(name, options, env), clock, fetch),
};

function readSettings(name: string, options: Options, env: ProviderContext['env']): IbmSettings {
  const seconds = (field: string, fallback: number, minimum = 0) =>
    options.number(field, { minimum, maximum: 3600 }, fallback);
  return {
    name,
    device: options.text('device'),
    instance: options.text('instance'),
    apiKey: readApiKey(options, env),
    url: readUrl(options, 'url', 'https://quantum.cloud.ibm.com'),
    iamUrl: readUrl(options, 'iamUrl', 'https://iam.cloud.ibm.com'),
    program: options.text('program', 'sampler'),
    limits: readLimits(options, LIMITS),
    overheadSeconds: seconds('overheadSeconds', 2),
    pollMs: 1000 * seconds('pollSeconds', 5, 0.01),
    timeoutMs: 1000 * seconds('timeoutSeconds', 60, 0.1),
  };
}

/** The key of the file that `apiKeyFile` names, as text or as IBM's JSON export, or of the environment. */
function readApiKey(options: Options, env: ProviderContext['env']): string {
  const file = options.path('apiKeyFile');
  if (file === undefined) {
    return (
      env[API_KEY] ||
      options.refuse('apiKeyFile', `is missing; right would be the path of a file with an API key, or ${API_KEY}`)
    );
  }
  const key = keyIn(readText(file, options));
  return (
    key ||
    options.refuse('apiKeyFile', 'names a file without an API key; right would be the key, or JSON with "apikey"')
  );
}

function readText(file: string, options: Options): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    return options.refuse(
      'apiKeyFile',
      `cannot be read (${(error as NodeJS.ErrnoException).code}); right would be a file with an API key`,
    );
  }
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

function readUrl(options: Options, field: string, fallback: string): string {
  const text = options.text(field, fallback);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url?.protocol === 'https:' ||
    (url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
  )
    return text;
  return options.refuse(field, `is "${text}"; right would be an https address (http only on this machine)`);
}
