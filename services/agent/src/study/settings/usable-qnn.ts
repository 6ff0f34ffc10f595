import type { QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { checks } from '@qloom/qnn/checks/check-thread.ts';
import { contractField, settingsFromFields } from '@qloom/qnn/model/qnn-fields.ts';
import type { DataShape } from '@qloom/qnn/model/qnn-model.ts';
import type { QnnProblem } from '@qloom/qnn/model/qnn-problem.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { FieldViolation } from '@qloom/service-kit/faults/field-violations.ts';

/**
 * Rejects with ValidationError, which has the path of every setting, if the study's QNN does not fit its data, and with
 * the signal's reason once it has aborted.
 */
export async function requireFitting(qnn: QnnSettings, shape: DataShape, signal: AbortSignal): Promise<void> {
  const problems = await checks.run({ kind: 'settings', given: settingsFromFields(qnn), shape }, signal);
  if (problems.length > 0) throw new ValidationError(problems.map(qnnViolation));
}

/** A problem of the QNN as a wrong field of the request. */
export const qnnViolation = ({ field, message }: QnnProblem): FieldViolation => ({
  field: `settings.qnn.${contractField(field)}`,
  description: message,
});
