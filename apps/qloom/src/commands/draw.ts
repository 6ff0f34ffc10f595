import { writeFileSync } from 'node:fs';
import { drawSvg } from '@qloom/quantum/drawing/draw-svg.ts';
import { drawText } from '@qloom/quantum/drawing/draw-text.ts';
import { writeOpenQasm } from '@qloom/quantum/qasm/write-openqasm.ts';
import { type Command, Option } from 'commander';
import { type CircuitFlags, givenCircuit } from '../circuit/given-circuit.ts';
import { addAnsatzOptions, addEncodingOptions } from '../command/circuit-options.ts';
import { wholeNumber } from '../command/numbers.ts';
import { FileError } from '../command/system-error.ts';

interface DrawFlags extends CircuitFlags {
  readonly angles: boolean;
  readonly width?: number;
  readonly svg?: string;
  readonly openqasm?: boolean;
}

const HELP = `
Without a file the options define the circuit; anything else is that of a study's default QNN. x0, x1, … are features,
θ0, θ1, … trained parameters. --openqasm prints a program in which both are inputs: change it, and a study file takes it as
qnn.circuit.

Examples:
  $ qloom draw --ansatz real-amplitudes --encoding zz-feature-map --qubits 3 --layers 1
  $ qloom draw examples/quickstart.yaml --features 4 --no-angles
  $ qloom draw mine.qasm --svg mine.svg
  $ qloom draw --ansatz qcnn --qubits 8 --layers 3 --openqasm > qcnn.qasm`;

/** `qloom draw`. */
export function addDrawCommand(program: Command): void {
  const command = program
    .command('draw')
    .description('draw a circuit: on the terminal, as SVG, or as an OpenQASM program')
    .argument('[file]', 'study file, or OpenQASM 2 or 3 program (.qasm)')
    .option('--qubits <n>', 'qubits', wholeNumber(1, 20));
  addEncodingOptions(addAnsatzOptions(command))
    .option('--no-angles', 'leave out the angles of gates')
    .option('--width <n>', 'characters a line, or pixels of an SVG', wholeNumber(24, 100_000))
    .addOption(new Option('--svg <file>', 'write an SVG').conflicts('openqasm'))
    .option('--openqasm', 'print the circuit as OpenQASM 3')
    .addHelpText('after', HELP)
    .action(runDraw);
}

async function runDraw(file: string | undefined, flags: DrawFlags): Promise<void> {
  const circuit = await givenCircuit(file, flags);
  const { angles, width } = flags;
  const { svg } = flags;
  if (svg !== undefined) {
    const drawing = drawSvg(circuit, { angles, width, title: file ?? 'Quantum circuit' });
    try {
      writeFileSync(svg, drawing);
    } catch (error) {
      throw new FileError(svg, 'written', error);
    }
    return;
  }
  const columns = Math.max(24, process.stdout.columns ?? 100);
  process.stdout.write(
    flags.openqasm ? writeOpenQasm(circuit) : `${drawText(circuit, { angles, width: width ?? columns })}\n`,
  );
}
