import type { Limit } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import type { QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { FieldViolation } from '@qloom/service-kit/faults/field-violations.ts';
import { synthesisPlan } from '@qloom/study/synthesis/synthesis-plan.ts';
import { ORACLE_RATIO } from '../../domain/evaluation/jobs.ts';
import type { Peers } from '../peers.ts';

/** The demands of a study on the services. */
export interface StudyWork {
  readonly qnn: QnnSettings;
  readonly features: number;
  readonly classes: number;
  /** All labels of the study, and the points of its test set. */
  readonly labels: number;
  readonly test: number;
  /** Points without labels, and points of a source domain; 0: none. */
  readonly unlabelled: number;
  readonly source: number;
  /** Whether the comparison has an oracle, whose points are sent to the simulator beside the labels. */
  readonly hasOracle: boolean;
}

const FLOAT32_BYTES = 4;

/**
 * Throws ValidationError if a study exceeds the limits that a service advertises, since no episode could succeed. A
 * limit that is not advertised does not apply. Rejects with the errors of the calls.
 */
export async function requireWithinLimits(
  { generator, discriminator, qnnSim }: Pick<Peers, 'generator' | 'discriminator' | 'qnnSim'>,
  work: StudyWork,
  signal: AbortSignal,
): Promise<void> {
  const services = { generator, discriminator, 'QNN simulator': qnnSim };
  const above = await Promise.all(
    Object.entries(services).map(async ([name, service]) => {
      const { capabilities } = await service.getCapabilities({}, { signal });
      return violations(name, capabilities?.limits ?? [], work);
    }),
  );
  if (above.some((some) => some.length > 0)) throw new ValidationError(above.flat());
}

function violations(service: string, limits: readonly Limit[], work: StudyWork): FieldViolation[] {
  return asked(work).flatMap(([name, field, value, whose = '']) => {
    const limit = limits.find((candidate) => candidate.name === name);
    if (limit === undefined || value <= limit.maximum) return [];
    const description = `${value} ${name.replaceAll('_', ' ')}${whose}; the ${service} takes at most ${limit.maximum}`;
    return [{ field: `settings.${field}`, description }];
  });
}

/** Advertised limits, the field that would have to change, the study's demand, and what it is for if that is not obvious. */
function asked({
  qnn,
  features,
  labels,
  test,
  unlabelled,
  source,
  hasOracle,
}: StudyWork): readonly (readonly [string, string, number, string?])[] {
  const [oracle] = hasOracle ? synthesisPlan({ synthRatio: ORACLE_RATIO }, [labels]) : [0];
  const circuit = [
    ['qubits', 'qnn.qubits', qnn.qubits],
    ['layers', 'qnn.layers', qnn.layers],
  ] as const;
  return [
    // A program has its own number of qubits.
    ...(qnn.qasm === '' ? circuit : []),
    ['steps', 'qnn.steps', qnn.steps],
    ['batch_size', 'qnn.batch_size', qnn.batchSize],
    ['features', 'data', features],
    // The final evaluation fits generators and trains QNNs on all labels.
    ['training_points', 'data.label_budget', labels],
    ['unlabelled_points', 'data.unlabelled', unlabelled],
    ['source_points', 'data.simulator', source],
    ['real_points', 'data.label_budget', labels],
    ['points', 'data.label_budget', labels],
    ['points', 'data.label_budget', oracle, ' of the oracle'],
    ['points', 'data.test_size', test],
    ['point_bytes', 'data', (labels + oracle + test) * features * FLOAT32_BYTES],
  ];
}
