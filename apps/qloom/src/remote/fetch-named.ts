import { InterruptedError } from '../command/errors.ts';
import type { AgentFlags } from '../context/choose-agent.ts';
import { jaegerSpans } from '../telemetry/jaeger-spans.ts';
import { shownPath } from '../terminal/format.ts';
import { withAgent } from './connect-agent.ts';
import { type FetchedStudy, fetchStudy } from './fetch-study.ts';
import { stateName } from './list-table.ts';
import { namedStudy } from './named-study.ts';

/** Surroundings of {@link fetchNamed}. */
export interface FetchNamedOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder of run folders. */
  readonly out: string;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** Fetches a study of the agent that the options choose; see {@link fetchStudy}. */
export async function fetchNamed(
  name: string,
  flags: AgentFlags,
  { env, out, signal, note }: FetchNamedOptions,
): Promise<FetchedStudy> {
  return withAgent(flags, env, async (agent) => {
    const study = await namedStudy(agent, name);
    const { traces } = agent;
    const command = [`qloom fetch ${name}`, agent.options].filter(Boolean).join(' ');
    const patience = { signal, onWait: (reason: string) => note(`waiting for the agent: ${reason}`) };
    const fromMs = study.createTime?.getTime();
    const spans = traces === undefined ? undefined : () => jaegerSpans(traces, { fromMs }).ofStudy(name);
    try {
      const fetched = await fetchStudy(agent, study, { out, command, patience, note, spans });
      if (fetched.result === undefined) {
        note(`Study ${name} is ${stateName(study.state)}; its events so far are in ${shownPath(fetched.folder.path)}.`);
      }
      return fetched;
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new InterruptedError(`stopped; fetch it again with: ${command}`, { cause: error });
    }
  });
}
