import { fileURLToPath } from 'node:url';
import type { PeerProgram } from './peer-process.ts';

const PIP = 'python3 -m venv .venv-peers && .venv-peers/bin/pip install -r bench/peers/requirements.txt';
const INSTALL = `${PIP}, then QLOOM_BENCH_PYTHON=.venv-peers/bin/python`;

const program = (name: string) => fileURLToPath(new URL(`../../../peers/${name}`, import.meta.url));

/** Every peer that is a program of its own, by the name that `--only peers=` takes. `python` is the interpreter. */
export function peerPrograms(python: string): ReadonlyMap<string, PeerProgram> {
  const peer = (name: string, file: string, ...args: string[]): PeerProgram => ({
    name,
    file: python,
    args: [program(file), ...args],
    install: INSTALL,
  });
  return new Map<string, PeerProgram>([
    ['jax', peer('JAX', 'peer_jax.py')],
    ['jax-scan', peer('JAX, scan', 'peer_jax.py', 'scan')],
    ['lightning', peer('PennyLane lightning.qubit', 'peer_lightning.py')],
    // OpenMP costs it more than it gains on few qubits, and gains on many: both are measured.
    [
      'lightning-1',
      { ...peer('PennyLane lightning.qubit, 1 thread', 'peer_lightning.py'), env: { OMP_NUM_THREADS: '1' } },
    ],
    ['default-qubit', peer('PennyLane default.qubit', 'peer_default_qubit.py')],
    ['default-qubit-jit', peer('PennyLane default.qubit, jax.jit', 'peer_default_qubit.py', 'jit')],
    ['tensorcircuit', peer('TensorCircuit-NG', 'peer_tensorcircuit.py')],
    ['torchquantum', peer('TorchQuantum', 'peer_torchquantum.py')],
    ['qulacs', peer('Qulacs', 'peer_qulacs.py')],
    ['scaluq', peer('Scaluq', 'peer_scaluq.py')],
    [
      'quantum-circuit',
      {
        name: 'quantum-circuit (npm)',
        file: process.execPath,
        args: [program('peer_quantum_circuit.mjs')],
        install: 'npm install --prefix bench/peers',
      },
    ],
  ]);
}
