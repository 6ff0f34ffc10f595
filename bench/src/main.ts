import { parseArgs } from 'node:util';
import { benches } from './benches.ts';
import { parseOnly } from './only.ts';
import { formatTable } from './row.ts';

const usage = `Usage: npm run bench -- <name> [--full] [--only key=value,…] [--json]

Runs a benchmark and prints medians, with a peer measured in the same run beside each figure.

${[...benches].map(([name, { description }]) => `  ${name.padEnd(12)}${description}`).join('\n')}

${[...benches].flatMap(([name, { options }]) => (options === undefined ? [] : [`${name}: ${options}`])).join('\n\n')}

  --full      everything, not the quick part, where a benchmark has one
  --only      a part of it, such as --only qubits=4,6; may be repeated
  --json      one JSON object a line: bench, case, metric, value, unit, peer, peerValue, ratio (above 1 is ahead)
  --help      this page`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      full: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
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
  const rows = await bench.run((message) => process.stderr.write(`${message}\n`), options);
  if (values.json) for (const row of rows) console.log(JSON.stringify(row));
  else console.log(formatTable(rows));
  return 0;
}

process.exitCode = await main();
