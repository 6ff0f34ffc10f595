import type { ArtifactRef, FoldModel, SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { type GeneratorRemote, streamSample } from '../clients/generator-client.ts';
import { readPointsMessages } from '../codec/points-artifact.ts';
import { sampleFromFitted } from '../implementations.ts';

/** The generator that models are sampled from. */
export type SampledGenerator = Pick<GeneratorRemote, 'sample' | 'getCapabilities' | 'target'>;

/**
 * The messages of a points artifact, to be forwarded without decoding. `where` names them in messages. Throws
 * DomainError (`data-loss`) if the slot names no artifact or the artifact is truncated, and the errors of the store.
 */
export async function* storedPoints(
  artifacts: ArtifactStore,
  ref: ArtifactRef | undefined,
  where: string,
): AsyncGenerator<LabelledPoints> {
  if (ref === undefined) throw new DomainError('data-loss', `${where}: the slot propose names no artifact`);
  yield* readPointsMessages(await artifacts.get(ref.sha256), where);
}

/**
 * The synthetic points of a fold, sampled from the model in the slot `fit`, as they arrive; none if no points are to be
 * added. Throws the errors of `sampleFromFitted`, `streamSample` and the store.
 */
export async function* sampledPoints(
  { artifacts, generator }: { readonly artifacts: ArtifactStore; readonly generator: SampledGenerator },
  { implementation }: Pick<SlotEvent, 'implementation'>,
  fitted: FoldModel | undefined,
  signal: AbortSignal,
): AsyncGenerator<LabelledPoints> {
  if (fitted?.model === undefined || fitted.classCounts.every((count) => count === 0)) return;
  const settings = { seed: fitted.sampleSeed, classCounts: fitted.classCounts, ungated: false };
  const model = await artifacts.get(fitted.model.sha256);
  yield* sampleFromFitted(generator, implementation, signal, () =>
    streamSample(generator, { settings, model, signal }),
  );
}
