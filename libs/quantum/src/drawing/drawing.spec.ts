import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { type Circuit, createCircuitBuilder } from '../circuit.ts';
import { input, parameter, sum } from '../gates/angle.ts';
import { GATES, type GateName } from '../gates/gates.ts';
import { randomProblem } from '../testing/random-problem.ts';
import { drawSvg } from './draw-svg.ts';
import { drawText } from './draw-text.ts';

function example(): Circuit {
  const builder = createCircuitBuilder({ qubits: 3, inputs: 1 });
  builder.gate('h', [0]).gate('ry', [1], sum(parameter(builder.parameter(), -0.5), input(0)));
  builder
    .gate('cx', [0, 2])
    .gate('cswap', [1, 0, 2])
    .gate('rzz', [1, 2], Math.PI / 2)
    .gate('sdg', [0]);
  return builder.build();
}

const problems = fc.record({
  seed: fc.nat(),
  qubits: fc.integer({ min: 3, max: 6 }),
  gates: fc.integer({ min: 0, max: 30 }),
  amplitudes: fc.boolean(),
});
const drawn = fc.tuple(problems, fc.integer({ min: 24, max: 200 }));
const circuitOf = ({
  seed,
  qubits,
  gates,
  amplitudes,
}: {
  seed: number;
  qubits: number;
  gates: number;
  amplitudes: boolean;
}) => randomProblem(createRandom(seed), qubits, gates, { amplitudes }).circuit;

describe('drawText', () => {
  it('draws dots, ⊕, × and boxes on wires, and lines between them', () => {
    expect(drawText(example())).toBe(
      [
        'q0: ─────────┤H├────────●─×────┤S†├─────',
        '                        │ │',
        'q1: ─┤RY(-0.5·θ0 + x0)├─┼─●─┤RZZ(π/2)├──',
        '                        │ │      │',
        'q2: ────────────────────⊕─×────┤RZZ├────',
      ].join('\n'),
    );
  });

  it('keeps to the width for every circuit', () => {
    fc.assert(
      fc.property(drawn, ([problem, width]) => {
        const rows = drawText(circuitOf(problem), { width }).split('\n');
        expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(width);
      }),
      { numRuns: 100 },
    );
  });

  it('draws every control, ⊕, × and box exactly once', () => {
    fc.assert(
      fc.property(drawn, ([problem, width]) => {
        const circuit = circuitOf(problem);
        const text = drawText(circuit, { width, angles: false });
        const starts = circuit.preparation ? circuit.qubits : 0;
        const symbols = circuit.gates.reduce((total, { name }) => total + GATES[name].qubits, starts);
        expect([...text].filter((letter) => '●⊕×┤'.includes(letter))).toHaveLength(symbols);
      }),
      { numRuns: 100 },
    );
  });

  it('does not draw gates over each other: lines between controls cross only free wires', () => {
    const circuit = createCircuitBuilder({ qubits: 3 }).gate('cx', [0, 2]).gate('h', [1]).build();
    expect(drawText(circuit)).toBe(['q0: ─●──────', '     │', 'q1: ─┼─┤H├──', '     │', 'q2: ─⊕──────'].join('\n'));
  });

  it('refuses a width that is too small', () => {
    expect(() => drawText(example(), { width: 10 })).toThrow('drawing: width 10; an integer from 24 is right');
  });
});

describe('drawSvg', () => {
  it('has a box, dot or mark for every symbol, inside the drawing', () => {
    fc.assert(
      fc.property(drawn, ([problem, width]) => {
        const circuit = circuitOf(problem);
        const svg = drawSvg(circuit, { width: 200 + 5 * width });
        const count = (name: GateName) => circuit.gates.filter((gate) => gate.name === name).length;
        const nots = count('cx') + count('ccx');
        expect(svg.match(/r="10"/g) ?? []).toHaveLength(nots);
        expect(svg.match(/l12 12/g) ?? []).toHaveLength(2 * (count('swap') + count('cswap')));
        const [, right, bottom] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
        for (const [, x, y, w, h] of svg.matchAll(
          /class="b" x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"/g,
        )) {
          expect(Number(x)).toBeGreaterThan(0);
          expect(Number(x) + Number(w)).toBeLessThan(Number(right));
          expect(Number(y)).toBeGreaterThanOrEqual(0);
          expect(Number(y) + Number(h)).toBeLessThanOrEqual(Number(bottom));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('escapes names and title', () => {
    const svg = drawSvg(example(), { title: 'a<b>\0&"', qubitNames: ['<script>', 'b', 'c'] });
    expect(svg).toContain('<title>a&lt;b&gt; &amp;&quot;</title>');
    expect(svg).toContain('&lt;script&gt;');
    expect(svg).not.toContain('<script>');
  });

  it('writes angles as fractions of π and to three digits', () => {
    const svg = drawSvg(example());
    expect(svg).toContain('>π/2<');
    expect(svg).toContain('>-0.5·θ0 + x0<');
  });
});
