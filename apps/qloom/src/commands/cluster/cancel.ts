import type { Command } from 'commander';
import { AGENT_HELP, addAgentOptions } from '../../context/agent-options.ts';
import type { AgentFlags } from '../../context/choose-agent.ts';

const HELP = `
No further episode is proposed, and what runs is stopped. A study that has ended stays as it is. What it has so far can still be fetched.
${AGENT_HELP}

Examples:
  $ qloom cancel my-study`;

/** `qloom cancel`. */
export function addCancelCommand(program: Command): void {
  addAgentOptions(
    program.command('cancel').description('cancel a study in a cluster').argument('<study>', 'name of the study'),
  )
    .addHelpText('after', HELP)
    .action(async (name: string, flags: AgentFlags) => {
      const { withAgent } = await import('../../remote/connect-agent.ts');
      const { namedStudy } = await import('../../remote/named-study.ts');
      const { hasEnded, stateName } = await import('../../remote/list-table.ts');
      await withAgent(flags, process.env, async (agent) => {
        const before = await namedStudy(agent, name);
        const { study = before } = hasEnded(before.state) ? {} : await agent.client.cancelStudy({ id: name });
        const had = hasEnded(before.state) ? 'had ended before' : 'has ended';
        process.stderr.write(`Study ${name} ${had}: ${stateName(study.state)}.\n`);
      });
    });
}
