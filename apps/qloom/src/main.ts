import { CommanderError } from 'commander';
import { EXIT } from './command/errors.ts';
import { onLostReader } from './command/lost-reader.ts';
import { buildProgram } from './command/program.ts';
import { reportError } from './command/report-error.ts';

// grpc-js sends an IP address as the name of a TLS server, which Node warns of; the user cannot change that.
process.noDeprecation = true;

// A reader that leaves early (`qloom sample … | head`) is no failure, and neither is one of the progress (`2>&1 |
// head`).
onLostReader(process.stdout, () => process.exit(EXIT.OK));
onLostReader(process.stderr, () => {});

try {
  const program = await buildProgram(process.argv.slice(2));
  await program.parseAsync(process.argv);
  process.exitCode ??= EXIT.OK;
} catch (error) {
  // Commander has printed the error; its own code distinguishes help (0) from bad usage.
  process.exitCode =
    error instanceof CommanderError
      ? error.exitCode === 0
        ? EXIT.OK
        : EXIT.USAGE
      : reportError(error, process.stderr);
}
// Idle gRPC channels and keep-alive sockets must not keep the process alive.
process.exit();
