import type { HyperparameterSetting } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import type { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { encodePoints } from '@qloom/study-rpc/codec/wire-points.ts';

/** Names of what is fitted. */
export interface FitSubject {
  readonly featureNames: readonly string[];
  readonly classNames: readonly string[];
}

/** Starts a fit of these points; the caller reads its answers. */
export async function startFit(
  generator: Remote<typeof GeneratorServiceService>,
  { featureNames, classNames }: FitSubject,
  training: Points,
  hyperparameters: readonly HyperparameterSetting[],
) {
  const call = generator.fit({ deadlineMs: 3_600_000 });
  await call.send({
    part: {
      $case: 'settings',
      value: {
        identity: { study: 'bench', fold: 0, attempt: 1 },
        seed: 1,
        hyperparameters: [...hyperparameters],
        data: {
          featureNames: [...featureNames],
          classNames: [...classNames],
          lowerBounds: [],
          upperBounds: [],
          shots: 0,
          pauliExpectations: false,
          featureOffsets: [],
          featureScales: [],
          warnings: [],
        },
        checkpointEverySteps: 0,
      },
    },
  });
  for (const value of encodePoints(training)) await call.send({ part: { $case: 'training', value } });
  call.closeSend();
  return call;
}
