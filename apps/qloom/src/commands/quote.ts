import type { QuoteResponse } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { Command } from 'commander';
import type { CircuitFlags } from '../circuit/given-circuit.ts';
import { addAnsatzOptions, addEncodingOptions } from '../command/circuit-options.ts';
import { wholeNumber } from '../command/numbers.ts';
import type { ExperimentRemote } from '../experiment/with-experiment.ts';
import { styleOf } from '../terminal/style.ts';

interface QuoteFlags extends CircuitFlags {
  readonly backend?: string;
  readonly shots: number;
  readonly rows: number;
  readonly json?: boolean;
}

const HELP = `
Without a file the options define the circuit, as for qloom draw. The quote says in how many jobs the executions fit, what they cost and
how long they take, with the band that the actual values are in; the upper end of the cost is the most that can be charged. Nothing is
spent. The backends are those of qloom backends.

Examples:
  $ qloom quote --qubits 4 --layers 2 --shots 1000 --rows 200
  $ qloom quote mine.qasm --backend ibm-torino --shots 4000
  $ qloom quote examples/quickstart.yaml --features 4 --rows 50 --json`;

/** `qloom quote`. */
export function addQuoteCommand(program: Command): void {
  const command = program
    .command('quote')
    .description('what running a circuit on a backend would cost, before anything is spent')
    .argument('[file]', 'study file, or OpenQASM 2 or 3 program (.qasm)')
    .option('--backend <name>', 'the backend; by default all')
    .option('--shots <n>', 'shots of each execution', wholeNumber(1, 100_000_000), 1000)
    .option('--rows <n>', 'executions: points that the circuit is run for', wholeNumber(1, 100_000), 1)
    .option('--qubits <n>', 'qubits', wholeNumber(1, 20));
  addEncodingOptions(addAnsatzOptions(command))
    .option('--json', 'print the quotes as JSON')
    .addHelpText('after', HELP)
    .action(runQuote);
}

async function runQuote(file: string | undefined, flags: QuoteFlags): Promise<void> {
  const { givenCircuit } = await import('../circuit/given-circuit.ts');
  const { QuoteResponse } = await import('@qloom/contracts/gen/qloom/experiment/v1/experiment.ts');
  const { withExperiment } = await import('../experiment/with-experiment.ts');
  const { renderQuotes } = await import('../experiment/backend-table.ts');
  const circuit = await givenCircuit(file, flags);
  const quotes = await withExperiment(process.env, (remote) => quoteOn(remote, circuit, flags));
  if (flags.json) {
    const shown = quotes.map(({ backend, quote }) =>
      typeof quote === 'string' ? { backend, refused: quote } : { backend, ...(QuoteResponse.toJSON(quote) as object) },
    );
    process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
  } else process.stdout.write(renderQuotes(quotes, styleOf(process.stdout)));
}

/** The quotes of one backend, or of all, which say why where they cannot run the circuit. */
async function quoteOn(
  remote: ExperimentRemote,
  circuit: Circuit,
  { backend, rows, shots }: QuoteFlags,
): Promise<{ readonly backend: string; readonly quote: QuoteResponse | string }[]> {
  const { CircuitSettings } = await import('@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts');
  const { encodeTensor } = await import('@qloom/study-rpc/codec/tensors.ts');
  const { writeOpenQasm } = await import('@qloom/quantum/qasm/write-openqasm.ts');
  const task = {
    index: 0,
    circuit: CircuitSettings.fromPartial({ qasm: writeOpenQasm(circuit) }),
    inputs: encodeTensor(new Float64Array(rows * circuit.inputs), [rows, circuit.inputs]),
    parameters: encodeTensor(new Float64Array(circuit.parameters.length)),
    qubits: [],
    shots,
  };
  const limits = { deadlineMs: 60_000 };
  if (backend !== undefined) return [{ backend, quote: await remote.quote({ backend, circuits: [task] }, limits) }];
  const { backends } = await remote.listBackends({}, limits);
  return Promise.all(
    backends.map(async ({ name }) => {
      try {
        return { backend: name, quote: await remote.quote({ backend: name, circuits: [task] }, limits) };
      } catch (error) {
        return { backend: name, quote: (error as Error).message };
      }
    }),
  );
}
