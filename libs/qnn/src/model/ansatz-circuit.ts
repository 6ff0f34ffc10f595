import { dataReuploadingLayer, hardwareEfficientLayer, stronglyEntanglingLayer } from '@qloom/quantum/ansatz.ts';
import { type Circuit, createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { encodeAngles } from '@qloom/quantum/encoding.ts';
import type { AnsatzName } from './qnn-settings.ts';

/** What {@link buildAnsatz} builds. */
export interface AnsatzSettings {
  readonly qubits: number;
  readonly layers: number;
  readonly ansatz: AnsatzName;
  /** Inputs of the circuit (features). */
  readonly inputs: number;
}

/**
 * The circuit of an ansatz. `data-reuploading` puts inputs into its own gates; the others encode them by RY before every
 * layer (and so re-upload them as well). How more inputs than qubits are packed: see dataReuploadingLayer and encodeAngles
 * of @qloom/quantum. Parameters come in the order of the gates.
 */
export function buildAnsatz({ qubits, layers, ansatz, inputs }: AnsatzSettings): Circuit {
  const builder = createCircuitBuilder({ qubits, inputs });
  for (let layer = 0; layer < layers; layer++) {
    if (ansatz === 'data-reuploading') dataReuploadingLayer(builder);
    else {
      encodeAngles(builder);
      if (ansatz === 'hardware-efficient') hardwareEfficientLayer(builder);
      else stronglyEntanglingLayer(builder, layer);
    }
  }
  return builder.build();
}
