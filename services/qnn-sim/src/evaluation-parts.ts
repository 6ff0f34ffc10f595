import type {
  ArtifactRef,
  Fold,
  FoldModel,
  ProposeFacts,
  SlotEvent,
} from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { GeneratorServiceService, SampleRequest } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { EvaluateRequest } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { readPointsMessages } from '@qloom/study-rpc/codec/points-artifact.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/wire-tensors.ts';
import { sampleFromFitted } from '@qloom/study-rpc/implementations.ts';
import { withSpan } from '@qloom/telemetry/spans.ts';

/** Where the points of an evaluation come from. */
export interface PointSources {
  readonly artifacts: ArtifactStore;
  readonly generator: Pick<Remote<typeof GeneratorServiceService>, 'getCapabilities' | 'sample' | 'target'>;
}

/** One fold of an episode and what was fitted on it. */
export interface FittedFold {
  readonly event: SlotEvent;
  readonly propose: ProposeFacts;
  readonly fold: Fold;
  /** Absent, or without a model or points, where synthRatio is 0. */
  readonly model: FoldModel | undefined;
}

/** The parts of one fold's evaluation, in the contract's order: stored points, and between them what the generator samples. */
export async function* evaluationParts(
  { artifacts, generator }: PointSources,
  { event, propose, fold, model }: FittedFold,
  signal: AbortSignal,
): AsyncGenerator<EvaluateRequest> {
  const { index } = fold;
  const settings = { fold: index, qnn: propose.qnn, seeds: propose.qnnSeeds, arms: [] };
  yield { part: { $case: 'settings', value: settings } };
  for (const value of await storedPoints(artifacts, fold.training, `fold ${index}, training`)) {
    yield { part: { $case: 'training', value } };
  }
  if (model?.model && model.classCounts.some((count) => count > 0)) {
    const bytes = await artifacts.get(model.model.sha256);
    const { study, episode } = event;
    const fitted = event.implementation;
    const sampling = () => sample(generator, model, bytes, signal);
    const points = await withSpan('sample', { study, episode }, async () => {
      const received: LabelledPoints[] = [];
      for await (const part of sampleFromFitted(generator, fitted, signal, sampling)) received.push(part);
      return received;
    });
    for (const value of points) yield { part: { $case: 'synthetic', value } };
  }
  for (const value of await storedPoints(artifacts, fold.heldOut, `fold ${index}, held-out`)) {
    yield { part: { $case: 'heldOut', value } };
  }
}

/** The messages of a points artifact, passed on as they are. */
async function storedPoints(
  artifacts: ArtifactStore,
  ref: ArtifactRef | undefined,
  where: string,
): Promise<LabelledPoints[]> {
  if (!ref) throw new DomainError('data-loss', `${where}: the proposal names no artifact`);
  return [...readPointsMessages(await artifacts.get(ref.sha256), where)];
}

async function* sample(
  generator: PointSources['generator'],
  { sampleSeed, classCounts }: FoldModel,
  model: Uint8Array,
  signal: AbortSignal,
): AsyncGenerator<LabelledPoints> {
  const call = generator.sample({ signal });
  const settings: SampleRequest = {
    part: { $case: 'settings', value: { seed: sampleSeed, classCounts, ungated: false } },
  };
  await call.send(settings);
  for (const value of encodeBytes(model)) await call.send({ part: { $case: 'model', value } });
  call.closeSend();
  for await (const { part } of call) if (part?.$case === 'points') yield part.value;
}
