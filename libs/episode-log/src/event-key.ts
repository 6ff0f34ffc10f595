import { STAGE_NAMES, type StageName } from '@qloom/study/stages.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { InvalidKeyError } from './errors.ts';

/** A slot of an episode, which the stage of the same name writes. */
export type Slot = StageName;

/** Key of one slot of one episode. Episodes are counted from 0. */
export interface EpisodeKey {
  readonly study: string;
  readonly episode: number;
  readonly slot: Slot;
}

/** Key of one slot of the study itself: `create`, `cancel`, `finish`, `draw-3-gan` and so on. */
export interface StudyKey {
  readonly study: string;
  readonly episode?: undefined;
  /** `[a-z0-9-]{1,64}`, none of `STAGE_NAMES`. */
  readonly slot: string;
}

/** Key of one slot, which holds at most one event. */
export type EventKey = EpisodeKey | StudyKey;

const STUDY = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const STUDY_SLOT = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** Whether `name` is a slot of an episode (and not of a study). */
export function isSlot(name: string): name is Slot {
  return (STAGE_NAMES as readonly string[]).includes(name);
}

/** Whether `key` names a slot of an episode. */
export function isEpisodeKey(key: EventKey): key is EpisodeKey {
  return key.episode !== undefined;
}

/** Throws `InvalidKeyError` unless `study` can name a study: letters, digits, `_` and `-`, at most 64. */
export function assertStudy(study: string): void {
  if (!STUDY.test(study)) {
    throw new InvalidKeyError(
      `study: ${quoted(study)} is not 1 to 64 letters, digits, "_" or "-", the first a letter or digit`,
    );
  }
}

/** Throws `InvalidKeyError` unless `slot` is an episode's slot or can name a study's. */
export function assertAnySlot(slot: string): void {
  if (!isSlot(slot) && !STUDY_SLOT.test(slot)) {
    throw new InvalidKeyError(
      `slot: ${quoted(slot)} is neither one of ${STAGE_NAMES.join(', ')} nor 1 to 64 of a-z, 0-9 and "-"`,
    );
  }
}

/** Throws `InvalidKeyError` unless every part of `key` is well formed. */
export function assertKey(key: EventKey): void {
  assertStudy(key.study);
  assertAnySlot(key.slot);
  if (isEpisodeKey(key)) {
    if (!Number.isInteger(key.episode) || key.episode < 0 || key.episode > 2 ** 31 - 1) {
      throw new InvalidKeyError(`episode: ${key.episode} is not an integer in [0, 2^31 - 1]`);
    }
    if (!isSlot(key.slot)) {
      throw new InvalidKeyError(`slot: ${quoted(key.slot)} of an episode is not one of ${STAGE_NAMES.join(', ')}`);
    }
  } else if (isSlot(key.slot)) {
    throw new InvalidKeyError(
      `slot: ${quoted(key.slot)} belongs to an episode, and the key of study ${key.study} names none`,
    );
  }
}

/** `study/3/fit` or `study/create`: for messages and for maps. */
export function formatKey(key: EventKey): string {
  return isEpisodeKey(key) ? `${key.study}/${key.episode}/${key.slot}` : `${key.study}/${key.slot}`;
}
