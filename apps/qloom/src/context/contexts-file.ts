import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { targetProblem } from '@qloom/service-kit/client/target-problem.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { stringify } from 'yaml';
import { UsageError } from '../command/errors.ts';
import { nearest } from '../command/nearest.ts';
import { systemReason } from '../command/system-error.ts';
import { makeFolder, writeWhole } from '../run-folder/write-file.ts';
import { readYaml } from '../study-file/read-yaml.ts';

/** Files for TLS with an agent, and the name that its certificate must have. */
export interface ContextTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
}

/** How one agent is reached. Paths are absolute once read. */
export interface Context {
  /** `host:port`, or `tls://host:port`. */
  readonly agent: string;
  readonly tls?: ContextTls;
  /** A file whose first line is the token. */
  readonly tokenFile?: string;
  /** Base URL of Jaeger's query API. */
  readonly traces?: string;
}

/** The contexts of a user. */
export interface Contexts {
  /** Path of the file, which need not exist. */
  readonly path: string;
  readonly current?: string;
  readonly contexts: Readonly<Record<string, Context>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Path of the file of contexts: QLOOM_CONTEXTS, or `qloom/contexts.yaml` in the user's folder of configuration. */
export function contextsPath(env: Environment): string {
  const { QLOOM_CONTEXTS, XDG_CONFIG_HOME, HOME } = env;
  if (QLOOM_CONTEXTS) return resolve(QLOOM_CONTEXTS);
  return join(XDG_CONFIG_HOME || join(HOME || homedir(), '.config'), 'qloom', 'contexts.yaml');
}

/** Reads the contexts; none where there is no file. Throws `UsageError` with the path and every field that is wrong. */
export function readContexts(env: Environment): Contexts {
  const path = contextsPath(env);
  if (!existsSync(path)) return { path, contexts: {} };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path}: cannot be read: ${systemReason(error)}`);
  }
  const read = readYaml(text);
  if ('problems' in read) {
    throw new UsageError(read.problems.map(({ line, message }) => `${path}:${line ?? 1}: ${message}`).join('\n'));
  }
  const problems: string[] = [];
  const { current, contexts = {} } = fieldsOf(read.value ?? {}, '', ['current', 'contexts'], problems);
  const entries = isMap(contexts) ? Object.entries(contexts) : [];
  if (!isMap(contexts)) problems.push('contexts: is no map; right would be names with an "agent" each');
  const known = entries.map(([name, value]) => [name, contextOf(name, value, dirname(path), problems)] as const);
  if (current !== undefined && !known.some(([name]) => name === current)) {
    problems.push(`current: ${quoted(current)} is none of ${known.map(([name]) => name).join(', ') || 'no contexts'}`);
  }
  if (problems.length > 0) throw new UsageError(problems.map((problem) => `${path}: ${problem}`).join('\n'));
  return { path, current: current as string | undefined, contexts: Object.fromEntries(known) };
}

/** Writes the contexts; the file is for its user alone. Throws `FileError`. */
export function writeContexts({ path, current, contexts }: Contexts): void {
  makeFolder(dirname(path));
  writeWhole(path, stringify({ ...(current === undefined ? {} : { current }), contexts }), 0o600);
}

/** The context of that name. Throws `UsageError` with the names that there are. */
export function contextNamed({ path, contexts }: Contexts, name: string): Context {
  if (Object.hasOwn(contexts, name)) return contexts[name];
  const names = Object.keys(contexts);
  const meant = nearest(name, names);
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
  const there = names.length === 0 ? 'it has none: add one with qloom context add' : `it has ${names.join(', ')}`;
  throw new UsageError(`${path}: there is no context ${quoted(name)}${hint} (${there})`);
}

const FIELDS = ['agent', 'tls', 'tokenFile', 'traces'];
const TLS_FIELDS = ['ca', 'cert', 'key', 'serverName'];

function contextOf(name: string, value: unknown, folder: string, problems: string[]): Context {
  const at = `contexts.${name}.`;
  const given = texts(fieldsOf(value, at, FIELDS, problems), at, ['agent', 'tokenFile', 'traces'], problems);
  const tls = given['tls'] === undefined ? undefined : fieldsOf(given['tls'], `${at}tls.`, TLS_FIELDS, problems);
  const files = tls && (texts(tls, `${at}tls.`, TLS_FIELDS, problems) as ContextTls);
  if (given['agent'] === undefined)
    problems.push(`${at}agent: is missing; right would be host:port or tls://host:port`);
  const { agent = '', tokenFile, traces } = given as unknown as Context;
  const problem = agent === '' ? undefined : targetProblem(agent);
  if (problem !== undefined) problems.push(`${at}agent: ${quoted(agent)} ${problem}`);
  const absolute = (path: string | undefined): string | undefined => path && resolve(folder, path);
  const read = { agent, tokenFile: absolute(tokenFile), traces };
  if (files === undefined) return withoutAbsent(read);
  const paths = { ca: absolute(files.ca), cert: absolute(files.cert), key: absolute(files.key) };
  return withoutAbsent({ ...read, tls: withoutAbsent({ ...paths, serverName: files.serverName }) });
}

/** The fields of a map; those that are not allowed are problems. */
function fieldsOf(value: unknown, at: string, allowed: readonly string[], problems: string[]): Record<string, unknown> {
  if (!isMap(value)) {
    problems.push(`${at.slice(0, -1) || 'the file'}: is no map; right would be ${allowed.join(', ')}`);
    return {};
  }
  for (const name of Object.keys(value)) {
    if (allowed.includes(name)) continue;
    const meant = nearest(name, allowed);
    const hint = meant === undefined ? '.' : `; did you mean "${meant}"?`;
    problems.push(`${at}${name}: no such field${hint} Allowed: ${allowed.join(', ')}`);
  }
  return value;
}

/** The fields without those of `names` that are no texts, which are problems. */
function texts(
  fields: Record<string, unknown>,
  at: string,
  names: readonly string[],
  problems: string[],
): Record<string, unknown> {
  const wrong = names.filter((name) => fields[name] !== undefined && typeof fields[name] !== 'string');
  for (const name of wrong) problems.push(`${at}${name}: ${quoted(fields[name])} is no text`);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !wrong.includes(name)));
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function withoutAbsent<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
