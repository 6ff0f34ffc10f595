import { readFileSync } from 'node:fs';
import type { Options } from './options.ts';
import type { ProviderContext } from './provider.ts';

/** Where a vendor's API key may be. */
interface KeySource {
  /** Environment variable with the key. */
  readonly variable: string;
  /** The key in the text of a file; undefined where it has none. Default: the whole text. */
  readonly keyIn?: (text: string) => string | undefined;
  /** What a file with a key has, for messages. */
  readonly right: string;
}

/** The key of the file that `apiKeyFile` names, or else of the environment. Refuses the field where there is none. */
export function readApiKey(
  options: Options,
  env: ProviderContext['env'],
  { variable, keyIn = (text) => text, right }: KeySource,
): string {
  const file = options.path('apiKeyFile');
  if (file === undefined) {
    return (
      env[variable] ||
      options.refuse('apiKeyFile', `is missing; right would be the path of a file with an API key, or ${variable}`)
    );
  }
  const key = keyIn(readText(file, options));
  return key || options.refuse('apiKeyFile', `names a file without an API key; right would be ${right}`);
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

/** An address in the field, https unless it is on this machine, since keys are sent to it. */
export function readUrl(options: Options, field: string, fallback: string): string {
  const text = options.text(field, fallback);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url?.protocol === 'https:' ||
    (url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
  )
    return text;
  return options.refuse(field, `is "${text}"; right would be an https address (http only on this machine)`);
}
