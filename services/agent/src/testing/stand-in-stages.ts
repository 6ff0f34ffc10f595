import type { ProposeFacts, SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { QnnArm } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { BackgroundWork } from '@qloom/service-kit/stage/background-work.ts';
import { decodeSlot, type SlotFacts } from '@qloom/service-kit/stage/slot-events.ts';
import { createStageWorker } from '@qloom/service-kit/stage/stage-worker.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { synthesisPlan } from '@qloom/study/synthesis/synthesis-plan.ts';
import { assessFidelity } from '@qloom/study-rpc/clients/discriminator-client.ts';
import { fitModel, samplePoints } from '@qloom/study-rpc/clients/generator-client.ts';
import { evaluateUtility } from '@qloom/study-rpc/clients/qnn-simulator-client.ts';
import { decodeConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import type { Peers } from '../peers/peers.ts';
import { getPoints, putArtifact } from '../study/data/points-artifact.ts';

interface Roles {
  readonly training: Points;
  readonly heldOut: Points;
  readonly synthetic: Points | null;
}

/** The three stages of the other services, as short as they can be: they read and write the slots that the agent meets. */
export function standInStages(
  episodeLog: EpisodeLog,
  artifacts: ArtifactStore,
  peers: Peers,
  log: Logger,
  concurrency: number,
): BackgroundWork[] {
  const proposalOf = async (event: SlotEvent): Promise<ProposeFacts> => {
    const standing = await episodeLog.read({ study: event.study, episode: event.episode, slot: 'propose' });
    const facts = standing && decodeSlot(standing).facts;
    if (facts?.$case !== 'propose') throw new Error('no proposal');
    return facts.value;
  };

  const fit = async (event: SlotEvent, signal: AbortSignal): Promise<SlotFacts> => {
    if (event.facts?.$case !== 'propose') throw new Error('no proposal');
    const { folds, hyperparameters, seed, data } = event.facts.value;
    const point = decodeConfiguration(hyperparameters, 'propose.hyperparameters');
    const models = [];
    for (const { index, training: ref } of folds) {
      const training = await getPoints(artifacts, ref ?? { sha256: '', sizeBytes: 0, mediaType: '' }, 'training');
      const identity = { study: event.study, episode: event.episode, fold: index, attempt: 1 };
      const counts = synthesisPlan(point, classCounts(training));
      const common = { fold: index, sampleSeed: seed + index, classCounts: counts, steps: 3, seconds: 0 };
      if (counts.every((count) => count === 0)) {
        models.push({ ...common, summary: [] });
        continue;
      }
      const settings = { identity, seed, hyperparameters, data, checkpointEverySteps: 0 };
      const { model, summary } = await fitModel(peers.generator, { settings, training, signal });
      const stored = await putArtifact(artifacts, model, 'application/x-qloom-model');
      models.push({ ...common, model: stored, summary: summary.values });
    }
    return { $case: 'fit', value: { folds: models } };
  };

  const rolesOf = async (event: SlotEvent, signal: AbortSignal): Promise<(Roles & { readonly fold: number })[]> => {
    if (event.facts?.$case !== 'fit') throw new Error('no fit');
    const { folds } = await proposalOf(event);
    return Promise.all(
      event.facts.value.folds.map(async ({ fold, model, sampleSeed, classCounts: counts }) => {
        const of = (which: 'training' | 'heldOut'): Promise<Points> =>
          getPoints(artifacts, folds[fold][which] ?? { sha256: '', sizeBytes: 0, mediaType: '' }, which);
        const bytes = model && (await artifacts.get(model.sha256));
        const settings = { seed: sampleSeed, classCounts: counts, ungated: false };
        const sample = bytes && (await samplePoints(peers.generator, { settings, model: bytes, signal }));
        const points = { training: await of('training'), heldOut: await of('heldOut') };
        return { fold, ...points, synthetic: sample?.points ?? null };
      }),
    );
  };

  const assess = async (event: SlotEvent, signal: AbortSignal): Promise<SlotFacts> => {
    const roles = await rolesOf(event, signal);
    const reports = roles.map(({ fold, ...points }) =>
      assessFidelity(peers.discriminator, { settings: { fold, seed: 1, data: undefined }, ...points, signal }),
    );
    return { $case: 'assess', value: { folds: await Promise.all(reports) } };
  };

  const evaluate = async (event: SlotEvent, signal: AbortSignal): Promise<SlotFacts> => {
    const { qnn, qnnSeeds } = await proposalOf(event);
    const roles = await rolesOf(event, signal);
    const reports = roles.map(({ fold, ...points }) => {
      const settings = { fold, qnn, seeds: qnnSeeds, arms: points.synthetic === null ? [QnnArm.REAL_ONLY] : [] };
      return evaluateUtility(peers.qnnSim, { settings, ...points, signal });
    });
    return { $case: 'evaluate', value: { folds: await Promise.all(reports) } };
  };

  const common = { episodeLog, log, concurrency };
  return [
    createStageWorker({ ...common, stage: 'fit', run: (event, { signal }) => fit(event, signal) }),
    createStageWorker({ ...common, stage: 'assess', run: (event, { signal }) => assess(event, signal) }),
    createStageWorker({
      ...common,
      stage: 'evaluate',
      run: (event, { signal }) => evaluate(event, signal),
    }),
  ];
}
