import { parseArgs } from 'node:util';
import { benches } from './benches.ts';
import { formatTable } from './row.ts';

const usage = `Usage: npm run bench -- <name> [--json]

Runs a benchmark and prints medians, with a peer measured in the same run beside each figure.

${[...benches].map(([name, { description }]) => `  ${name.padEnd(12)}${description}`).join('\n')}

  --json      one JSON object a line: bench, case, metric, value, unit, peer, peerValue, ratio (above 1 is ahead)
  --help      this page`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
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
  const rows = await bench.run((message) => process.stderr.write(`${message}\n`));
  if (values.json) for (const row of rows) console.log(JSON.stringify(row));
  else console.log(formatTable(rows));
  return 0;
}

process.exitCode = await main();
