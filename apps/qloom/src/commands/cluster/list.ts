import type { Command } from 'commander';
import { AGENT_HELP, addAgentOptions } from '../../context/agent-options.ts';
import type { AgentFlags } from '../../context/choose-agent.ts';
import { styleOf } from '../../terminal/style.ts';

const HELP = `${AGENT_HELP}

Examples:
  $ qloom list
  $ qloom list --context prod --json | jq '.[] | select(.state == "failed") | .name'`;

/** `qloom list`. */
export function addListCommand(program: Command): void {
  addAgentOptions(program.command('list').description("list the studies of a cluster's agent, the newest first"))
    .option('--json', 'print the studies as JSON')
    .addHelpText('after', HELP)
    .action(async (flags: AgentFlags & { readonly json?: boolean }) => {
      const { withAgent } = await import('../../remote/connect-agent.ts');
      const { renderStudies, studiesToJson } = await import('../../remote/list-table.ts');
      await withAgent(flags, process.env, async ({ client, address }) => {
        const { studies } = await client.listStudies({}, { deadlineMs: 60_000 });
        if (flags.json) process.stdout.write(`${JSON.stringify(studiesToJson(studies), null, 2)}\n`);
        else if (studies.length === 0) process.stderr.write(`Agent ${address} has no study.\n`);
        else process.stdout.write(renderStudies(studies, Date.now(), styleOf(process.stdout)));
      });
    });
}
