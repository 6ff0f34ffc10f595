import { targetProblem } from '@qloom/service-kit/client/target-problem.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { UsageError } from '../command/errors.ts';
import { type Context, type ContextTls, contextNamed, readContexts } from './contexts-file.ts';

/** Options that say which agent a command uses; see {@link addAgentOptions}. */
export interface AgentFlags {
  readonly agent?: string;
  readonly context?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsServerName?: string;
  readonly tokenFile?: string;
  readonly traces?: string;
}

/** The agent that a command uses. */
export interface ChosenAgent extends Context {
  /** Options that choose it again, such as `--context prod`; empty for the current context. */
  readonly options: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The agent of a command, by the first of these that is given: `--agent`, `--context`, QLOOM_AGENT_TARGET, QLOOM_CONTEXT, the
 * current context. Options then replace single settings of it. A context's certificates and token are used with its own address
 * only; those of QLOOM_TLS_* and QLOOM_TOKEN_FILE only where no context is used. Throws `UsageError` where none is given, or one
 * is wrong.
 */
export function chooseAgent(flags: AgentFlags, env: Environment): ChosenAgent {
  const { context, options } = chosen(flags, env);
  const given = { ca: flags.tlsCa, cert: flags.tlsCert, key: flags.tlsKey, serverName: flags.tlsServerName };
  const tls = merged(context.tls, given);
  if ((tls?.cert === undefined) !== (tls?.key === undefined)) {
    throw new UsageError('--tls-cert and --tls-key: one is given without the other; right would be both or neither');
  }
  const all = { ...context, options, tls, tokenFile: flags.tokenFile ?? context.tokenFile };
  return { ...all, traces: flags.traces ?? context.traces };
}

/** The URL of the traces that a command uses: `--traces`, or that of the chosen context; undefined where there is none. */
export function chooseTraces(flags: AgentFlags, env: Environment): string | undefined {
  if (flags.traces !== undefined) return flags.traces;
  const { current } = readContexts(env);
  const names = flags.context ?? env['QLOOM_CONTEXT']?.trim() ?? current;
  return names ? chosen({ context: names }, env).context.traces : undefined;
}

function chosen(flags: AgentFlags, env: Environment): { context: Context; options: string } {
  if (flags.agent !== undefined && flags.context !== undefined) {
    throw new UsageError('--agent and --context: both are given; right would be one of them');
  }
  const fromEnvironment = (agent: string, name: string): Context => {
    const problem = targetProblem(agent);
    if (problem !== undefined) throw new UsageError(`${name}: ${quoted(agent)} ${problem}`);
    const tls = { ca: env['QLOOM_TLS_CA_FILE'], cert: env['QLOOM_TLS_CERT_FILE'], key: env['QLOOM_TLS_KEY_FILE'] };
    const isSecure = agent.startsWith('tls://');
    return {
      agent,
      tls: isSecure ? merged(undefined, tls) : undefined,
      tokenFile: env['QLOOM_TOKEN_FILE'] || undefined,
    };
  };
  if (flags.agent !== undefined) {
    return { context: fromEnvironment(flags.agent, '--agent'), options: `--agent ${flags.agent}` };
  }
  const named = (name: string): Context => contextNamed(readContexts(env), name);
  if (flags.context !== undefined) return { context: named(flags.context), options: `--context ${flags.context}` };
  const target = env['QLOOM_AGENT_TARGET']?.trim();
  if (target) return { context: fromEnvironment(target, 'QLOOM_AGENT_TARGET'), options: '' };
  const name = env['QLOOM_CONTEXT']?.trim() || readContexts(env).current;
  if (name) return { context: named(name), options: '' };
  throw new UsageError(
    'no agent is given: give --agent host:port, or make a context: qloom context add NAME --agent host:port',
  );
}

/** The settings with those that are given in place of them; undefined where there are none. */
function merged(settings: ContextTls | undefined, given: ContextTls): ContextTls | undefined {
  const present = Object.entries(given).filter(([, value]) => value !== undefined && value !== '');
  if (settings === undefined && present.length === 0) return undefined;
  return { ...settings, ...Object.fromEntries(present) };
}
