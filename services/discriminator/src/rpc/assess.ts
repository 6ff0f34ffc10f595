import type {
  AssessRequest,
  AssessResponse,
  AssessSettings,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import type { CallContext } from '@qloom/service-kit/server/handlers.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { decodeDataDescription } from '@qloom/study-rpc/codec/data-description.ts';
import { encodeNamedValues } from '@qloom/study-rpc/codec/named-values.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
import type { PhysicalSettings } from '../domain/assess/physical-validity.ts';
import { InvalidPointsError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Assessor } from '../workers/assessor.ts';

/** The handler of DiscriminatorService.Assess. */
export function assessHandler(assessor: Assessor) {
  return async (requests: MessageReader<AssessRequest>, { signal }: CallContext): Promise<AssessResponse> => {
    const { settings, training, heldOut, synthetic } = await readAssessment(requests);
    const physical = physicalOf(settings, training);
    const fidelity = await assessor.assess({ training, heldOut, synthetic, seed: settings.seed, physical }, signal);
    return {
      report: {
        fold: settings.fold,
        syntheticCount: fidelity.syntheticCount,
        constraints: encodeNamedValues(fidelity.constraints),
        metrics: encodeNamedValues(fidelity.metrics),
        nullDistribution: encodeNamedValues(fidelity.nullDistribution),
      },
    };
  };
}

interface AssessmentMessages {
  readonly settings: AssessSettings;
  readonly training: Points;
  readonly heldOut: Points;
  readonly synthetic: Points | null;
}

const ORDER = [
  ['settings', 'once'],
  ['training', 'some'],
  ['heldOut', 'some'],
  ['synthetic', 'any'],
] as const;

/** Reads the parts of an assessment. Rejects like `readParts`, and with the errors of decoding. */
async function readAssessment(requests: MessageReader<AssessRequest>): Promise<AssessmentMessages> {
  const points = {
    training: createPointsCollector('training', LIMITS.real_points),
    heldOut: createPointsCollector('held_out', LIMITS.real_points),
    synthetic: createPointsCollector('synthetic', LIMITS.synthetic_points),
  };
  const { settings } = await readParts(requests, ORDER, {
    training: points.training.add,
    heldOut: points.heldOut.add,
    synthetic: points.synthetic.add,
  });
  const training = points.training.points();
  if (training.features > LIMITS.features) {
    throw new InvalidPointsError(`training: ${training.features} features; right would be at most ${LIMITS.features}`);
  }
  return {
    settings,
    training,
    heldOut: points.heldOut.points(),
    synthetic: points.synthetic.started ? points.synthetic.points() : null,
  };
}

/** Returns the description of the observables; null if the features are not expectations. */
function physicalOf({ data }: AssessSettings, training: Points): PhysicalSettings | null {
  const { pauliExpectations, featureNames, shots } = decodeDataDescription(data, training, 'settings.data');
  if (!pauliExpectations) return null;
  return { names: featureNames.length > 0 ? featureNames : new Array<string>(training.features).fill(''), shots };
}
