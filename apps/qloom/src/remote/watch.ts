import { StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { CommandError, InterruptedError } from '../command/errors.ts';
import type { AgentFlags } from '../context/choose-agent.ts';
import { followStudy } from '../run/follow-study.ts';
import { createProgressTracker } from '../run/progress.ts';
import { createProgressView } from '../run/progress-view.ts';
import type { StatusStream } from '../terminal/status-line.ts';
import { withAgent } from './connect-agent.ts';
import { namedStudy } from './named-study.ts';

/** Surroundings of {@link watch}. */
export interface WatchOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly progress: StatusStream;
  /** Ends the watching. */
  readonly signal: AbortSignal;
}

/**
 * Shows the progress of a study until it ends. Throws `InterruptedError` when `signal` aborts: the study continues;
 * `CommandError` with the reason when it failed or was cancelled.
 */
export async function watch(name: string, flags: AgentFlags, { env, progress, signal }: WatchOptions): Promise<void> {
  await withAgent(flags, env, async (agent) => {
    await namedStudy(agent, name);
    const command = (what: string): string => [`qloom ${what} ${name}`, agent.options].filter(Boolean).join(' ');
    const view = createProgressView(progress, name);
    const tracker = createProgressTracker(() => performance.now());
    const patience = { signal, onWait: (reason: string) => view.note(`waiting for the agent: ${reason}`) };
    try {
      const study = await followStudy(agent.client, name, patience, (now) => view.show(tracker.update(now)));
      view.end();
      if (study.state === StudyState.CANCELLED) throw new CommandError(`study ${name} was cancelled`);
      if (study.state === StudyState.FAILED) throw new CommandError(`study ${name} failed: ${study.message}`);
      view.note(`Study ${name} has finished. Fetch its result with: ${command('fetch')}`);
    } catch (error) {
      view.end();
      if (!signal.aborted) throw error;
      const again = `Watch it again with: ${command('watch')}`;
      throw new InterruptedError(`stopped watching; study ${name} continues at agent ${agent.address}. ${again}`, {
        cause: error,
      });
    }
  });
}
