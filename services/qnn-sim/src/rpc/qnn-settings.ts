import type { QnnSettings as WireSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import {
  type AnsatzName,
  createQnnSettings,
  DEFAULT_QNN,
  type LossName,
  type QnnSettings,
} from '@qloom/qnn/model/qnn-settings.ts';

/** The settings of a message; what is 0, empty or absent takes its default. Throws QnnSettingsError. */
export function decodeQnnSettings(wire: WireSettings | undefined): QnnSettings {
  if (!wire) return DEFAULT_QNN;
  return createQnnSettings({
    qubits: wire.qubits || DEFAULT_QNN.qubits,
    layers: wire.layers || DEFAULT_QNN.layers,
    ansatz: (wire.ansatz || DEFAULT_QNN.ansatz) as AnsatzName,
    loss: (wire.loss || DEFAULT_QNN.loss) as LossName,
    steps: wire.steps || DEFAULT_QNN.steps,
    batchSize: wire.batchSize || DEFAULT_QNN.batchSize,
    learningRate: wire.learningRate || DEFAULT_QNN.learningRate,
  });
}
