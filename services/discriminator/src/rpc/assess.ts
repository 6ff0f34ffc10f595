import type {
  AssessRequest,
  AssessResponse,
  AssessSettings,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import type { CallContext } from '@qloom/service-kit/server/handlers.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { encodeNamedValues } from '@qloom/study-rpc/codec/named-values.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import type { PhysicalSettings } from '../domain/assess/physical-validity.ts';
import { InvalidPointsError, OutOfOrderError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Assessor } from '../workers/assessor.ts';

/** The handler of DiscriminatorService.Assess. */
export function assessHandler(assessor: Assessor) {
  return async (requests: MessageReader<AssessRequest>, { signal }: CallContext): Promise<AssessResponse> => {
    const { settings, training, heldOut, synthetic } = await readAssessment(requests);
    const physical = physicalOf(settings, training.features);
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

/** Reads the parts, which come in the contract's order. Throws OutOfOrderError otherwise, and what decoding throws. */
async function readAssessment(requests: MessageReader<AssessRequest>): Promise<AssessmentMessages> {
  const order = ['settings', 'training', 'heldOut', 'synthetic'] as const;
  const points = {
    training: createPointsCollector('training', LIMITS.real_points),
    heldOut: createPointsCollector('held_out', LIMITS.real_points),
    synthetic: createPointsCollector('synthetic', LIMITS.synthetic_points),
  };
  let settings: AssessSettings | undefined;
  let stage = 0;
  for await (const { part } of requests) {
    const at = part ? order.indexOf(part.$case) : -1;
    if (part === undefined || at < stage || (at === 0) !== (settings === undefined)) {
      throw new OutOfOrderError(
        `assess: ${part?.$case ?? 'an empty part'} came out of order; settings, training, held_out, synthetic are expected`,
      );
    }
    stage = at;
    if (part.$case === 'settings') settings = part.value;
    else points[part.$case].add(part.value);
  }
  if (settings === undefined) throw new OutOfOrderError('assess: the stream ended without settings');
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

function physicalOf({ data }: AssessSettings, features: number): PhysicalSettings | null {
  if (!data?.pauliExpectations) return null;
  const names = data.featureNames.length === features ? data.featureNames : new Array<string>(features).fill('');
  return { names, shots: data.shots };
}
