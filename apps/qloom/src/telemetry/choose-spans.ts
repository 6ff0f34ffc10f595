import { UsageError } from '../command/errors.ts';
import { type AgentFlags, chooseTraces } from '../context/choose-agent.ts';
import { findRun, listRuns } from '../run-folder/find-run.ts';
import { folderSpans } from './folder-spans.ts';
import { jaegerSpans } from './jaeger-spans.ts';
import type { SpanSource } from './span-source.ts';

/** Options of the commands that read spans. */
export interface SpanFlags extends Pick<AgentFlags, 'context' | 'traces'> {
  /** Folder of run folders. */
  readonly out: string;
}

/** The spans of a study, and its name. */
export interface ChosenSpans {
  readonly source: SpanSource;
  readonly study: string;
}

/**
 * Where the spans of a study are: with `--traces` or `--context` in the store of traces, else in its run folder, else in the
 * store of the current context. Throws `UsageError` where there is none.
 */
export function chooseSpans(
  study: string,
  flags: SpanFlags,
  env: Readonly<Record<string, string | undefined>>,
): ChosenSpans {
  const isCluster = flags.traces !== undefined || flags.context !== undefined;
  if (isCluster) {
    const url = chooseTraces(flags, env);
    if (url !== undefined) return { source: jaegerSpans(url), study };
    throw new UsageError(`context ${flags.context} has no "traces"; give --traces, such as http://127.0.0.1:16686`);
  }
  try {
    return { source: folderSpans(findRun(study, flags.out)), study };
  } catch (error) {
    const url = listRuns(flags.out).includes(study) ? undefined : chooseTraces(flags, env);
    if (url === undefined) throw error;
    return { source: jaegerSpans(url), study };
  }
}
