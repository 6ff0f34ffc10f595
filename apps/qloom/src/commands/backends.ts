import type { Command } from 'commander';
import { styleOf } from '../terminal/style.ts';

const HELP = `
The backends are those of the file QLOOM_BACKENDS_FILE, or of the service at QLOOM_EXPERIMENT_TARGET. Without either there is one, the
exact simulator. Nothing is spent.

Examples:
  $ qloom backends
  $ QLOOM_BACKENDS_FILE=backends.yaml qloom backends --json`;

/** `qloom backends`. */
export function addBackendsCommand(program: Command): void {
  program
    .command('backends')
    .description('list the quantum computers and simulators that experiments can run on, with price and queue')
    .option('--json', 'print them as JSON')
    .addHelpText('after', HELP)
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { Backend } = await import('@qloom/contracts/gen/qloom/experiment/v1/experiment.ts');
      const { withExperiment } = await import('../experiment/with-experiment.ts');
      const { renderBackends } = await import('../experiment/backend-table.ts');
      const { backends } = await withExperiment(process.env, (remote) =>
        remote.listBackends({}, { deadlineMs: 60_000 }),
      );
      if (json) process.stdout.write(`${JSON.stringify(backends.map(Backend.toJSON), null, 2)}\n`);
      else process.stdout.write(renderBackends(backends, styleOf(process.stdout)));
    });
}
