import { quoted } from '@qloom/tensor/quoted.ts';
import { CircuitError } from '../errors.ts';
import type { Gate } from '../gates/gate.ts';
import { type GateName, isGateName } from '../gates/gates.ts';
import { type Channel, channelQubits, validateChannel } from './channels.ts';
import { type ReadoutError, validateReadout } from './readout-error.ts';

/**
 * A channel after every gate that matches: on each of the gate's qubits, or on both if the channel acts on two qubits.
 */
export interface NoiseRule {
  readonly channel: Channel;
  /** Only after gates of these names. Default: all. */
  readonly gates?: readonly GateName[];
  /** Only after gates on this number of qubits. Default: any; a two-qubit channel follows only two-qubit gates. */
  readonly gateQubits?: number;
  /** Only on these qubits. Default: all. A two-qubit channel needs both. */
  readonly qubits?: readonly number[];
}

/** Noise of a device: rules in the order in which their channels follow a gate, and readout errors. */
export interface NoiseModel {
  readonly rules: readonly NoiseRule[];
  /** One error for all qubits, or one for each qubit. Default: none. */
  readonly readout?: ReadoutError | readonly ReadoutError[];
}

/** A channel on certain qubits of a circuit. */
export interface NoiseSite {
  readonly channel: Channel;
  readonly qubits: readonly number[];
}

/** Throws CircuitError, which names the rule, unless the model is well formed for this number of qubits. */
export function validateNoiseModel(model: NoiseModel, qubits: number): void {
  model.rules.forEach(({ channel, gates = [], gateQubits }, index) => {
    const where = `noise rule ${index}`;
    validateChannel(channel, where);
    for (const name of gates)
      if (!isGateName(name)) throw new CircuitError(`${where}: gate ${quoted(name, "'")} is unknown`);
    if (channelQubits(channel) === 2 && gateQubits !== undefined && gateQubits !== 2) {
      throw new CircuitError(`${where}: ${channel.kind} after gates on ${gateQubits} qubits; 2 are right`);
    }
  });
  if (model.readout) validateReadout(model.readout, qubits);
}

/** The channels that follow a gate. */
export function noiseAfter(model: NoiseModel, gate: Gate): NoiseSite[] {
  return model.rules.flatMap(({ channel, gates, gateQubits, qubits }) => {
    const size = channelQubits(channel);
    if (gates && !gates.includes(gate.name)) return [];
    if (gate.qubits.length !== (size === 2 ? 2 : (gateQubits ?? gate.qubits.length))) return [];
    const sites = size === 2 ? [gate.qubits] : gate.qubits.map((qubit) => [qubit]);
    return sites
      .filter((on) => on.every((qubit) => qubits?.includes(qubit) ?? true))
      .map((on) => ({ channel, qubits: on }));
  });
}
