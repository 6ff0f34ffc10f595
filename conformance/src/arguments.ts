import { parseArgs } from 'node:util';
import type { ConnectionFiles } from '@qloom/service-kit/client/open-connection.ts';
import { SUITE_NAMES, type SuiteName } from './suites.ts';

/** Thrown when the command line is invalid; the message says what is wrong and what would be right. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The parsed command line. */
export interface Arguments {
  readonly help: boolean;
  readonly json: boolean;
  /** Leaves out the checks of how a caller's mistakes are answered. */
  readonly promisesOnly: boolean;
  readonly service: SuiteName;
  /** Address of the service; empty where `start` is given. */
  readonly target: string;
  /** Address of a second instance. */
  readonly second: string | undefined;
  /** Command that starts an instance, instead of addresses. */
  readonly start: string | undefined;
  /** Only checks whose name contains this text. */
  readonly only: string;
  /** Unit: milliseconds. Default: 10 minutes. */
  readonly deadlineMs: number;
  /** How long to wait for a connection. Unit: milliseconds. Default: 10 s. */
  readonly connectTimeoutMs: number;
  readonly settings: ReadonlyMap<string, string>;
  /** Files of certificates and token. */
  readonly files: ConnectionFiles;
}

export const USAGE = `Usage: npm run conformance -- <service> <target> [--second TARGET] [options]
       npm run conformance -- <service> --start COMMAND [options]

Checks an implementation of a service over the wire against the contract in proto/, whatever it is written in.

  <service>              ${SUITE_NAMES.join(', ')}
  <target>               where it is: unix:/path.sock, host:port, tls://host:port

  --second TARGET        another instance of it, a process of its own: some promises take two, such as that a model can be
                         sampled by any replica. Without one, these checks are skipped
  --start COMMAND        starts two instances for the checks and ends them afterwards. The shell command gets the address
                         in place of {target} or {port}, and in the environment as QLOOM_LISTEN and PORT:
                         --start "python my_generator.py --port {port}"
  --set name=value       a hyperparameter to open fits and critics with; again for more. Without it, a fit has every
                         advertised integer at its minimum, so that it is short, and defaults otherwise. For an experiment
                         service, backend=NAME: the backend to run circuits on. Without it, a simulated one that is free. For
                         a policy, policy=NAME: the one whose proposals may continue from models
  --tls-ca, --tls-cert, --tls-key <file>, --tls-server-name <name>, --token-file <file>
                         as in qloom: the authority of the service's certificate, certificate and key of this client, the name in the
                         service's certificate, the token of every call. With an option --tls-…, host:port uses TLS
  --promises-only        leaves out how mistakes of a caller are answered: the rest is all that a study relies on
  --only TEXT            only the checks whose name contains TEXT
  --deadline <s>         longest duration of a call. Default: 600 s
  --connect-timeout <s>  how long to wait for a connection, and for a started command to serve. Default: 10 s, and 60 s
                         with --start
  --json                 one JSON object a line: a check each, and last the counts
  --help                 this page

Exit code: 0 every check passed or was skipped, 1 a check failed, 2 wrong usage, nothing answers at an address, or COMMAND
does not serve.

Two instances of a service of experiments, campaigns or studies share a log (QLOOM_LOG, QLOOM_ARTIFACTS).
A generator that needs a critic must have one: start it with QLOOM_DISCRIMINATOR_TARGET.`;

/** Reads the arguments. Throws {@link UsageError}. */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args);
  const [service, target, ...more] = positionals;
  const rest = {
    help: values.help,
    json: values.json,
    promisesOnly: values['promises-only'],
    second: values.second,
    start: values.start,
    only: values.only,
    deadlineMs: seconds('deadline', values.deadline) * 1000,
    connectTimeoutMs: seconds('connect-timeout', values['connect-timeout'] ?? (values.start ? '60' : '10')) * 1000,
    settings: new Map(values.set.map(pair)),
    files: filesOf(values),
  };
  if (values.help) return { ...rest, service: 'generator', target: '' };
  const name = SUITE_NAMES.find((known) => known === service);
  if (name === undefined) throw new UsageError(`service: "${service ?? ''}" is none of ${SUITE_NAMES.join(', ')}`);
  if (more.length > 0) throw new UsageError(`"${more[0]}" is one too many; right would be a service and a target`);
  if (values.start !== undefined) {
    if (values.start.trim() === '')
      throw new UsageError('--start: is empty; right would be a command that starts the service');
    const other = target ?? values.second;
    if (other !== undefined)
      throw new UsageError(`"${other}" is one too many; right would be a target or --start, not both`);
    return { ...rest, service: name, target: '' };
  }
  if (!target)
    throw new UsageError('target: is missing; right would be unix:/path.sock, host:port, or --start COMMAND');
  if (values.second === target) {
    throw new UsageError(`--second ${target}: is the target itself; right would be another process of the service`);
  }
  return { ...rest, service: name, target };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        set: { type: 'string', multiple: true, default: [] },
        'promises-only': { type: 'boolean', default: false },
        deadline: { type: 'string', default: '600' },
        'connect-timeout': { type: 'string' },
        second: { type: 'string' },
        start: { type: 'string' },
        only: { type: 'string', default: '' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        'tls-ca': { type: 'string' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        'tls-server-name': { type: 'string' },
        'token-file': { type: 'string' },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Files of certificates and token. Throws {@link UsageError} for a certificate without its key, and the other way round. */
function filesOf(values: ReturnType<typeof parse>['values']): ConnectionFiles {
  const { 'tls-ca': ca, 'tls-cert': cert, 'tls-key': key, 'tls-server-name': serverName } = values;
  if ((cert === undefined) !== (key === undefined)) {
    const [given, missing] = key === undefined ? ['--tls-cert', '--tls-key'] : ['--tls-key', '--tls-cert'];
    throw new UsageError(`${given}: is given without ${missing}; right would be both or neither`);
  }
  const hasTls = [ca, cert, serverName].some((value) => value !== undefined);
  return { tls: hasTls ? { ca, cert, key, serverName } : undefined, tokenFile: values['token-file'] };
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--set ${text}: right would be --set name=value`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function seconds(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`--${name} ${text}: right would be a number of seconds above 0`);
}
