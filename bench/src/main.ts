import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { benches } from './benches.ts';
import { OnlyError, parseOnly } from './harness/only.ts';
import { type Origin, openRecord, RecordError } from './harness/record.ts';
import { runBench } from './harness/run-bench.ts';

const usage = `Usage: npm run bench -- <name> [--full] [--only key=value,…] [--out FILE] [--json]

Runs a benchmark and prints medians, with a peer measured in the same run beside each figure; each part as soon as it is measured, and a
summary at the end.

${[...benches].map(([name, { description }]) => `  ${name.padEnd(14)}${description}`).join('\n')}

${[...benches].flatMap(([name, { options }]) => (options === undefined ? [] : [`${name}: ${options}`])).join('\n\n')}

  --full      everything, not the quick part, where a benchmark has one
  --only      a part of it, such as --only qubits=4,6; may be repeated
  --out       keep rows in a file too, as JSON lines; parts that it has already are not measured again, and the summary is of all of it
  --json      one JSON object a line: bench, case, metric, value, unit, peer, peerValue, ratio (above 1 is ahead)
  --help      this page`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      full: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const [name] = positionals;
  const bench = benches.get(name ?? '');
  if (bench === undefined) {
    console.error(name === undefined ? usage : `There is no benchmark "${name}": ${[...benches.keys()].join(', ')}.`);
    return 2;
  }
  const options = { full: values.full, only: parseOnly(values.only) };
  // Checked before the file is opened, because the options may be wrong.
  bench.parts(options);
  const record =
    values.out === undefined ? undefined : openRecord(values.out, originOf(name), new Date().toISOString());
  await runBench(bench, options, record, {
    json: values.json,
    print: (text) => console.log(text),
    say: (text) => process.stderr.write(`${text}\n`),
  });
  return 0;
}

/** Properties common to all measurements of this run. */
function originOf(bench: string): Origin {
  const [processor] = cpus();
  return {
    bench,
    processor: processor?.model ?? 'an unknown processor',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof OnlyError || error instanceof RecordError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
