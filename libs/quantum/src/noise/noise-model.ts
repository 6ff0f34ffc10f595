import { quoted } from '@qloom/tensor/quoted.ts';
import { CircuitError } from '../errors.ts';
import type { Gate } from '../gates/gate.ts';
import { type GateName, isGateName } from '../gates/gates.ts';
import { type Channel, channelQubits, validateChannel } from './channels.ts';
import { type ReadoutError, validateReadout } from './readout-error.ts';

/** A channel after every gate that matches: on each of the gate's qubits, or on both where the channel acts on two. */
export interface NoiseRule {
  readonly channel: Channel;
  /** Only after gates of these names. Default: all. */
  readonly gates?: readonly GateName[];
  /** Only after gates on so many qubits. Default: any; a two-qubit channel follows two-qubit gates alone. */
  readonly gateQubits?: number;
  /** Only on these qubits. Default: all. A two-qubit channel needs both. */
  readonly qubits?: readonly number[];
}

/** Noise of a device: rules in the order in which their channels follow a gate, and errors of readout. */
export interface NoiseModel {
  readonly rules: readonly NoiseRule[];
  /** One for all qubits, or one for each. Default: none. */
  readonly readout?: ReadoutError | readonly ReadoutError[];
}

/** A channel on certain qubits of a circuit. */
export interface NoiseSite {
  readonly channel: Channel;
  readonly qubits: readonly number[];
}

/** Throws CircuitError, which names the rule, unless the model is well formed for so many qubits. */
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

/** What follows a gate. */
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
