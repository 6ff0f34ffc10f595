import type { Command } from 'commander';
import { InterruptedError } from '../../command/errors.ts';
import { shellWord } from '../../command/shell-word.ts';
import { AGENT_HELP, addAgentOptions } from '../../context/agent-options.ts';
import type { AgentFlags } from '../../context/choose-agent.ts';
import { listenForInterrupt } from '../../run/interrupt.ts';

const HELP = `
The files that the study names (data.csv, data.unlabelled, data.simulator, qnn.circuit) are sent with it. The study runs in the cluster
whether or not somebody watches it; the same file may be submitted again, which changes nothing. Its name is printed.
${AGENT_HELP}

Examples:
  $ qloom submit my-study.yaml
  $ qloom submit my-study.yaml --agent tls://qloom.example:443 --token-file ~/.qloom-token
  $ qloom watch "$(qloom submit my-study.yaml)"`;

/** `qloom submit`. */
export function addSubmitCommand(program: Command): void {
  addAgentOptions(
    program
      .command('submit')
      .description("give a study to a cluster's agent")
      .argument('<study.yaml>', 'the study file'),
  )
    .addHelpText('after', HELP)
    .action(async (file: string, flags: AgentFlags) => {
      const { submit } = await import('../../remote/submit.ts');
      const interrupt = listenForInterrupt();
      const note = (text: string): void => void process.stderr.write(`${text}\n`);
      try {
        const { study, options } = await submit(file, flags, { env: process.env, signal: interrupt.signal, note });
        process.stdout.write(`${study}\n`);
        note(`Watch it with: ${['qloom watch', study, options].filter((part) => part !== '').join(' ')}`);
      } catch (error) {
        if (!interrupt.signal.aborted) throw error;
        const again = `qloom submit ${shellWord(file)}`;
        throw new InterruptedError(`stopped; whether the study was created says qloom list, and ${again} is safe`, {
          cause: error,
        });
      } finally {
        interrupt.dispose();
      }
    });
}
