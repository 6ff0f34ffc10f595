import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { EXIT } from '../command/errors.ts';
import { checkDisk, checkNats, checkNode, checkSockets, type Finding } from '../doctor/checks.ts';
import { makeOwnedTempFolder } from '../supervisor/owned-temp-folder.ts';
import { type Style, styleOf } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';

interface DoctorFlags {
  readonly out: string;
  readonly nats: string;
  readonly json?: boolean;
}

const HELP = `
Starts the four services briefly and asks for their capabilities. A NATS server is needed only for --log nats://….
Exit code 1 when something that every study needs is broken.

Examples:
  $ qloom doctor
  $ qloom doctor --nats nats://nats.example.org:4222 --json`;

/** `qloom doctor`. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check this machine and say which engines the services use')
    .option('--out <folder>', 'folder of run folders, whose disk is checked', 'qloom-runs')
    .option('--nats <url>', 'NATS server to look for', 'nats://127.0.0.1:4222')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', HELP)
    .action(async (flags: DoctorFlags) => {
      const { checkServices } = await import('../doctor/services.ts');
      const temporary = makeOwnedTempFolder();
      try {
        const findings: Finding[] = [
          checkNode(),
          await checkSockets(temporary),
          await checkDisk(flags.out),
          await checkNats(flags.nats, process.env),
          ...(await checkServices(temporary)),
        ];
        process.stdout.write(
          flags.json ? `${JSON.stringify(findings, null, 2)}\n` : renderFindings(findings, styleOf(process.stdout)),
        );
        if (findings.some((finding) => finding.state === 'broken')) process.exitCode = EXIT.FAILURE;
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
    });
}

/** One line for each finding. */
function renderFindings(findings: readonly Finding[], style: Style): string {
  const marks = { ok: style.green('ok'), absent: style.dim('–'), broken: style.red('broken') };
  const rows = findings.map(({ state, what, detail }) => [marks[state], what, detail]);
  return renderTable([{ title: '' }, { title: '' }, { title: '' }], rows, { indent: '' });
}
