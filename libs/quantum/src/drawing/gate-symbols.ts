import type { Angle } from '../gates/angle.ts';
import { angleText, exactNumber } from '../gates/angle-text.ts';
import type { Gate } from '../gates/gate.ts';
import { GATES, type GateName } from '../gates/gates.ts';

/** The symbol on one qubit's wire: a control's dot, ⊕, a swap's ×, or a box. */
export type GateSymbol =
  | { readonly kind: 'control' | 'not' | 'swap' }
  | { readonly kind: 'box'; readonly name: string; readonly angles: string };

/** The symbols of a gate, or of amplitude preparation. */
export interface DrawnGate {
  /** In the order of the gate's qubits. */
  readonly symbols: readonly { readonly qubit: number; readonly symbol: GateSymbol }[];
}

/** The symbols on the targets of a controlled gate: the gate without its controls. */
const CONTROLLED: Partial<Record<GateName, GateName>> = {
  cx: 'x',
  cy: 'y',
  ch: 'h',
  csx: 'sx',
  crx: 'rx',
  cry: 'ry',
  crz: 'rz',
  cp: 'p',
  cu: 'u',
  ccx: 'x',
  cswap: 'swap',
};

/** Names that are not written in capital letters. */
const WRITTEN: Partial<Record<GateName, string>> = {
  id: 'I',
  sdg: 'S†',
  tdg: 'T†',
  sx: '√X',
  sxdg: '√X†',
  rot: 'Rot',
  iswap: 'iSWAP',
};

/** The symbols of a gate. Angles are rounded to three digits; with `angles` false they are left out. */
export function drawGate({ name, qubits, angles }: Gate, showAngles = true): DrawnGate {
  const base = CONTROLLED[name];
  const controls = name === 'cz' || name === 'ccz' ? qubits.length : base ? qubits.length - GATES[base].qubits : 0;
  const text = showAngles ? angles.map(angleLabel).join(', ') : '';
  const symbols = qubits.map((qubit, i): { qubit: number; symbol: GateSymbol } => {
    if (i < controls) return { qubit, symbol: { kind: 'control' } };
    const shown = base ?? name;
    if (shown === 'x' && base) return { qubit, symbol: { kind: 'not' } };
    if (shown === 'swap') return { qubit, symbol: { kind: 'swap' } };
    // With several boxes, only the first shows the angle.
    return {
      qubit,
      symbol: { kind: 'box', name: WRITTEN[shown] ?? shown.toUpperCase(), angles: i === controls ? text : '' },
    };
  });
  return { symbols };
}

/** Amplitude preparation: a box on every qubit. */
export const drawPreparation = (qubits: number, inputs: number): DrawnGate => ({
  symbols: Array.from({ length: qubits }, (_, qubit) => ({
    qubit,
    symbol: { kind: 'box', name: 'ψ', angles: qubit === 0 ? (inputs === 1 ? 'x0' : `x0…x${inputs - 1}`) : '' },
  })),
});

const angleLabel = (angle: Angle): string =>
  angleText(angle, {
    number: shortNumber,
    parameter: (index) => `θ${index}`,
    input: (index) => `x${index}`,
  }).replaceAll('*', '·');

/** A fraction of π, or three significant digits. */
function shortNumber(value: number): string {
  const exact = exactNumber(value, 'π');
  return exact.includes('π') ? exact : String(Number(value.toPrecision(3)));
}
