import type { Implementation } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import { encodeSlot, type SlotFacts } from '@qloom/service-kit/stage/slot-events.ts';
import { applyEvent, emptyView, type StudyView } from '../../replay/study-view.ts';
import { mixedImplementations } from './mixed-implementations.ts';

const OURS = (service: string, version = '0.1.0'): Implementation => ({ service: `qloom.${service}`, version });
const THEIRS = { service: 'stand-in', version: '1.0.0' };

const FACTS = {
  propose: {
    $case: 'propose',
    value: {
      batch: 0,
      origin: '',
      hyperparameters: [],
      seed: 0,
      policyVersion: 0,
      multipliers: [],
      folds: [],
      data: undefined,
      qnn: undefined,
      qnnSeeds: [],
    },
  },
  fit: { $case: 'fit', value: { folds: [] } },
  assess: { $case: 'assess', value: { folds: [] } },
  evaluate: { $case: 'evaluate', value: { folds: [] } },
} as const satisfies Record<string, SlotFacts>;

type Workers = Partial<Record<'fit' | 'assess' | 'evaluate', Implementation>>;

/** A study whose episodes were done by these workers. */
function studyOf(...episodes: Workers[]): StudyView {
  const events = episodes.flatMap((workers, episode) =>
    (['propose', 'fit', 'assess', 'evaluate'] as const).map((slot) => {
      const key = { study: 'study', episode, slot };
      const implementation = slot === 'propose' ? undefined : workers[slot];
      const content = { startedAtMs: 0, endedAtMs: 1, attempt: 1, implementation, result: { facts: FACTS[slot] } };
      return { key, payload: encodeSlot(key, content), headers: {}, sequence: 1, timeMs: 0 };
    }),
  );
  return events.reduce((view, event, i) => applyEvent(view, { ...event, sequence: i + 1 }), emptyView('study'));
}

const peer = (implementation?: Implementation) =>
  ({
    getCapabilities: async () => ({
      capabilities: implementation && { ...implementation, engines: [], limits: [], hyperparameters: [] },
    }),
  }) as never;
const PEERS = {
  generator: peer(OURS('generator')),
  discriminator: peer(OURS('discriminator')),
  qnnSim: peer(OURS('qnn-sim')),
};
const ALL_OURS = { fit: OURS('generator'), assess: OURS('discriminator'), evaluate: OURS('qnn-sim') };

describe('mixedImplementations', () => {
  it('gives no warning for a study with one implementation of each service', async () => {
    expect(await mixedImplementations(studyOf(ALL_OURS, ALL_OURS), PEERS)).toEqual([]);
  });

  it('gives no warning if slots or services do not name an implementation', async () => {
    expect(await mixedImplementations(studyOf({}, {}), PEERS)).toEqual([]);
    const silent = { generator: peer(), discriminator: peer(), qnnSim: peer() };
    expect(await mixedImplementations(studyOf(ALL_OURS), silent)).toEqual([]);
  });

  it.each([
    ['fit', 'fitted', 'qloom.generator 0.1.0', 'QLOOM_GENERATOR_TARGET'],
    ['assess', 'assessed', 'qloom.discriminator 0.1.0', 'QLOOM_DISCRIMINATOR_TARGET'],
    ['evaluate', 'evaluated', 'qloom.qnn-sim 0.1.0', 'QLOOM_QNN_SIM_TARGET'],
  ] as const)(
    'warns if a different service did the stage %s than does the final evaluation',
    async (slot, done, ours, variable) => {
      expect(await mixedImplementations(studyOf({ ...ALL_OURS, [slot]: THEIRS }), PEERS)).toEqual([
        `Episodes were ${done} by stand-in 1.0.0, and the final evaluation by ${ours}. Right would be the same ${variable} for every service.`,
      ]);
    },
  );

  it('warns of a service that was swapped, or upgraded, while the study ran', async () => {
    const later = { ...ALL_OURS, assess: OURS('discriminator', '0.2.0') };
    expect(await mixedImplementations(studyOf(ALL_OURS, later, { ...ALL_OURS, fit: THEIRS }), PEERS)).toEqual([
      expect.stringContaining('Episodes were fitted by different services: qloom.generator 0.1.0, stand-in 1.0.0.'),
      // No target would be right that was not: the service is the same.
      'Episodes were assessed by different versions: qloom.discriminator 0.1.0, qloom.discriminator 0.2.0. ' +
        'It was upgraded while the study ran: numbers of two versions may differ. Run the study again under another name to have one version throughout.',
    ]);
  });
});
