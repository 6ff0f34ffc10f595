import type { Command } from 'commander';
import { AGENT_HELP, addAgentOptions } from '../../context/agent-options.ts';
import type { AgentFlags } from '../../context/choose-agent.ts';
import { listenForInterrupt } from '../../run/interrupt.ts';

const HELP = `
Ctrl-C ends the watching, and the study continues. Restarts of the agent are waited for. Exits with 0 when the study has finished, with 1
when it has failed or was cancelled.
${AGENT_HELP}

Examples:
  $ qloom watch my-study
  $ qloom watch my-study && qloom fetch my-study`;

/** `qloom watch`. */
export function addWatchCommand(program: Command): void {
  addAgentOptions(
    program
      .command('watch')
      .description('show the progress of a study in a cluster until it ends')
      .argument('<study>', 'name of the study'),
  )
    .addHelpText('after', HELP)
    .action(async (study: string, flags: AgentFlags) => {
      const { watch } = await import('../../remote/watch.ts');
      const interrupt = listenForInterrupt();
      try {
        await watch(study, flags, { env: process.env, progress: process.stderr, signal: interrupt.signal });
      } finally {
        interrupt.dispose();
      }
    });
}
