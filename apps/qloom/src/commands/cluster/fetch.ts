import type { Command } from 'commander';
import { AGENT_HELP, addAgentOptions } from '../../context/agent-options.ts';
import type { AgentFlags } from '../../context/choose-agent.ts';
import { listenForInterrupt } from '../../run/interrupt.ts';
import { printResult } from '../../summary/print-result.ts';

interface FetchFlags extends AgentFlags {
  readonly out: string;
  readonly json?: boolean;
}

const HELP = `
The folder holds what a run on this machine would have left, so that qloom report, sample, export, trace and stages work on it: study file,
result, synthetic data and its card, the model, events, report, and the spans where the context (or --traces) names a store of traces.
A study that has not ended leaves its events so far; fetch it again later.
${AGENT_HELP}

Examples:
  $ qloom fetch my-study
  $ qloom fetch my-study --out /data/runs --json`;

/** `qloom fetch`. */
export function addFetchCommand(program: Command): void {
  addAgentOptions(
    program
      .command('fetch')
      .description('write the run folder of a study in a cluster')
      .argument('<study>', 'name of the study'),
  )
    .option('--out <folder>', 'folder of run folders', 'qloom-runs')
    .option('--traces <url>', "base URL of Jaeger's query API, such as http://127.0.0.1:16686")
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (name: string, flags: FetchFlags) => {
      const { fetchNamed } = await import('../../remote/fetch-named.ts');
      const interrupt = listenForInterrupt();
      const note = (text: string): void => void process.stderr.write(`${text}\n`);
      try {
        const { folder, result } = await fetchNamed(name, flags, {
          env: process.env,
          out: flags.out,
          signal: interrupt.signal,
          note,
        });
        if (result !== undefined) await printResult({ folder, result }, flags);
      } finally {
        interrupt.dispose();
      }
    });
}
