import type { StudyPrepared } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { ArtifactRef, Fold } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { SplitManifest } from '@qloom/datasets/split/split-manifest.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { encodeUnlabelledArtifact, UNLABELLED_TYPE } from '@qloom/study-rpc/codec/unlabelled-artifact.ts';
import type { StudySeeds } from '../../domain/seeds.ts';
import type { CompleteSettings } from '../settings/complete-settings.ts';
import type { DataSources } from './data-sources.ts';
import { putArtifact, putPoints } from './points-artifact.ts';
import { type StudyData, splitLabels } from './study-data.ts';

/** The manifest that a study writes once: which labels it has, and how they are divided. */
export interface StudyManifest {
  readonly version: 1;
  readonly split: SplitManifest;
  /** All labels of the study. */
  readonly labels: ArtifactRef;
}

/**
 * Draws the study's labels, divides them, and stores each part. Services get the references of the reward folds in
 * `propose`; outer folds are rows of the manifest and, like the test set, are formed only by the agent.
 */
export async function prepareStudy(
  settings: CompleteSettings,
  seeds: StudySeeds,
  data: StudyData,
  store: ArtifactStore,
): Promise<StudyPrepared> {
  const { labels } = await data.own();
  const split = await splitLabels(labels, settings, seeds, data.description);
  const sources = await putSources(store, data.ownSources);
  const folds = await Promise.all(
    split.reward.map(
      async ({ train, heldOut }, index): Promise<Fold> => ({
        index,
        training: await putPoints(store, selectRows(labels, train)),
        heldOut: await putPoints(store, selectRows(labels, heldOut)),
        ...sources,
      }),
    ),
  );
  const manifest: StudyManifest = { version: 1, split, labels: await putPoints(store, labels) };
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  return { manifest: await putArtifact(store, bytes, 'application/json'), folds, data: data.description };
}

/** Stores the points beyond the labels, which are the same for every fold. */
async function putSources(
  store: ArtifactStore,
  { unlabelled, source }: DataSources,
): Promise<Pick<Fold, 'unlabelled' | 'source'>> {
  return {
    ...(unlabelled
      ? { unlabelled: await putArtifact(store, encodeUnlabelledArtifact(await unlabelled()), UNLABELLED_TYPE) }
      : {}),
    ...(source ? { source: await putPoints(store, await source()) } : {}),
  };
}

/** Reads a study's manifest from the store. */
export async function loadManifest(store: ArtifactStore, prepared: StudyPrepared): Promise<StudyManifest> {
  const bytes = await store.get(prepared.manifest?.sha256 ?? '');
  return JSON.parse(new TextDecoder().decode(bytes)) as StudyManifest;
}
