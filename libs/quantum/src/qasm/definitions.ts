import type { GateName } from '../gates/gates.ts';

const CONJUGATED_ZZ = 'cx a, b; rz(t) b; cx a, b;';

/**
 * Exact definitions of the gates of GATES that neither include file has. Angles are named in alphabetical order:
 * qiskit-qasm3-import 0.6.0 binds them in the order of their names, not of their positions.
 */
const EITHER: Partial<Record<GateName, string>> = {
  rot: 'gate rot(r, s, t) a { rz(r) a; ry(s) a; rz(t) a; }',
  iswap: 'gate iswap a, b { s a; s b; h a; cx a, b; cx b, a; h b; }',
  ryy: `gate ryy(t) a, b { rx(pi/2) a; rx(pi/2) b; ${CONJUGATED_ZZ} rx(-pi/2) a; rx(-pi/2) b; }`,
  ccz: 'gate ccz a, b, c { h c; ccx a, b, c; h c; }',
};

/**
 * The definitions of gates that a program needs in addition to qelib1.inc (OpenQASM 2, as shipped with Qiskit) or
 * stdgates.inc (OpenQASM 3).
 */
export const DEFINITIONS: Readonly<Record<2 | 3, Partial<Record<GateName, string>>>> = {
  2: EITHER,
  3: {
    ...EITHER,
    sxdg: 'gate sxdg a { h a; sdg a; h a; }',
    csx: 'gate csx a, b { h b; cp(pi/2) a, b; h b; }',
    rxx: `gate rxx(t) a, b { h a; h b; ${CONJUGATED_ZZ} h a; h b; }`,
    rzz: `gate rzz(t) a, b { ${CONJUGATED_ZZ} }`,
  },
};

/**
 * The name of a gate in a program, and the text of additional angles if that gate has more angles than the one of
 * GATES.
 */
export function programName(name: GateName, version: 2 | 3): { readonly name: string; readonly moreAngles: string[] } {
  if (name === 'cu') return version === 2 ? { name: 'cu3', moreAngles: [] } : { name, moreAngles: ['0'] };
  // U needs no include; it differs from u by a phase of the whole state.
  if (name === 'u' && version === 3) return { name: 'U', moreAngles: [] };
  return { name, moreAngles: [] };
}
