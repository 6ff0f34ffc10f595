import type { QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { qnnDataProblems } from '@qloom/qnn/model/data-fit.ts';
import { contractField, settingsFromFields } from '@qloom/qnn/model/qnn-fields.ts';
import type { DataShape } from '@qloom/qnn/model/qnn-model.ts';
import type { QnnProblem } from '@qloom/qnn/model/qnn-problems.ts';
import { type FieldViolation, ValidationError } from '@qloom/service-kit/errors.ts';

/** Throws ValidationError, with the path of every setting, where the study's QNN does not fit its data. */
export function requireFitting(qnn: QnnSettings, data: DataShape): void {
  const problems = qnnDataProblems(settingsFromFields(qnn), data);
  if (problems.length > 0) throw new ValidationError(problems.map(qnnViolation));
}

/** A problem of the QNN as a wrong field of the request. */
export const qnnViolation = ({ field, message }: QnnProblem): FieldViolation => ({
  field: `settings.qnn.${contractField(field)}`,
  description: message,
});
