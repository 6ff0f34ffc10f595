import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { TranspileTarget } from '@qloom/quantum/transpile/target.ts';
import type { TranspiledCircuit } from '@qloom/quantum/transpile/transpile.ts';
import type { IbmDevice } from './device.ts';
import { type IsaCircuit, isaCircuit } from './isa-circuit.ts';

/** Circuits in the gates of a device, each translated once for a calibration, whoever asks: the quote and the run that follows it. */
export interface IsaCircuits {
  /** Rejects with CircuitError where the circuit does not fit the device, and with the errors of the translation. */
  of(circuit: Circuit, device: IbmDevice): Promise<IsaCircuit>;
}

/** Most circuits that are kept. */
const MOST = 256;

/** Keeps no circuit yet. */
export function createIsaCircuits(
  transpile: (task: { readonly circuit: Circuit; readonly target: TranspileTarget }) => Promise<TranspiledCircuit>,
): IsaCircuits {
  let calibration: string | undefined;
  let byCircuit = new WeakMap<Circuit, Promise<IsaCircuit>>();
  /** The same by content, the least recently found first. */
  const byText = new Map<string, Promise<IsaCircuit>>();

  const translated = (circuit: Circuit, device: IbmDevice): Promise<IsaCircuit> => {
    const text = JSON.stringify(circuit);
    const known = byText.get(text);
    const isa = known ?? transpile({ circuit, target: device.target }).then((found) => isaCircuit(found, device));
    byText.delete(text);
    byText.set(text, isa);
    if (byText.size > MOST) byText.delete(byText.keys().next().value as string);
    // A thread that ended is not asked for the same failure for ever.
    isa.catch(() => {
      if (byText.get(text) === isa) byText.delete(text);
      byCircuit.delete(circuit);
    });
    return isa;
  };
  return {
    of(circuit, device) {
      if (device.calibration.id !== calibration) {
        calibration = device.calibration.id;
        byCircuit = new WeakMap();
        byText.clear();
      }
      const isa = byCircuit.get(circuit) ?? translated(circuit, device);
      byCircuit.set(circuit, isa);
      return isa;
    },
  };
}
