import { quoted } from '@qloom/tensor/quoted.ts';
import { InvalidUrlError } from '../errors.ts';
import { type EventKey, isEpisodeKey, isSlot, type Slot } from '../event-key.ts';

/** The names that one installation has on a NATS account. */
export interface JetStreamNames {
  /** `qloom-v1` */
  readonly stream: string;
  /** `qloom-artifacts` */
  readonly bucket: string;
  /** `qloom.v1.>` */
  readonly allSubjects: string;
  /** `qloom.v1.ep.<study>.<episode>.<slot>` or `qloom.v1.st.<study>.<slot>` */
  subjectOf(key: EventKey): string;
  /** All subjects of one study. */
  subjectsOfStudy(study: string): string;
  /** All subjects of one slot, over all studies. */
  subjectsOfSlot(slot: string): string;
  /** The inverse. The slot may be one that only a later version knows. Throws for a foreign subject. */
  keyOf(subject: string): EventKey;
}

/** Names under `namespace`, so that several installations can share an account. Throws `InvalidUrlError`. */
export function createJetStreamNames(namespace = 'qloom'): JetStreamNames {
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(namespace)) {
    throw new InvalidUrlError(`namespace: ${quoted(namespace)} is not 1 to 32 of a-z, 0-9 and "-"`);
  }
  const root = `${namespace}.v1`;
  return {
    stream: `${namespace}-v1`,
    bucket: `${namespace}-artifacts`,
    allSubjects: `${root}.>`,
    subjectOf: (key) =>
      isEpisodeKey(key) ? `${root}.ep.${key.study}.${key.episode}.${key.slot}` : `${root}.st.${key.study}.${key.slot}`,
    subjectsOfStudy: (study) => `${root}.*.${study}.>`,
    subjectsOfSlot: (slot) => (isSlot(slot) ? `${root}.ep.*.*.${slot}` : `${root}.st.*.${slot}`),
    keyOf(subject) {
      const [kind, study, first, second] = subject.slice(root.length + 1).split('.');
      if (subject.startsWith(`${root}.`)) {
        if (kind === 'ep' && second !== undefined) return { study, episode: Number(first), slot: second as Slot };
        if (kind === 'st' && first !== undefined && second === undefined) return { study, slot: first };
      }
      throw new Error(`${subject} is not a subject of ${root}: something else publishes into the log's stream`);
    },
  };
}
