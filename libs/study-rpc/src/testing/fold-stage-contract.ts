import { FitFacts, ProposeFacts } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Slot } from '@qloom/episode-log/event-key.ts';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import { createLogger } from '@qloom/service-kit/logger.ts';
import { encodeSlot, type SlotContent, type SlotFacts } from '@qloom/service-kit/stage/slot-events.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import type { AskedService } from '../implementations.ts';
import { createFoldStage, type FoldStage, type FoldStageDeps, readsProposal } from '../stage/fold-stage.ts';

const STUDY = 'study';
const PROPOSE: SlotFacts = { $case: 'propose', value: ProposeFacts.fromPartial({ folds: [{ index: 0 }] }) };
const NO_FOLDS: SlotFacts = { $case: 'fit', value: FitFacts.fromPartial({}) };

type Written = Partial<Record<'propose' | 'fit', SlotFacts | undefined>>;

/**
 * Contract of every stage of folds for events that it cannot read: it returns them, so that they are delivered again,
 * and writes no slot.
 */
// biome-ignore lint/suspicious/noExplicitAny: of any service and result.
export function testFoldStageFaults(stage: FoldStage<any, any>): void {
  const cases: [string, Written, RegExp][] = readsProposal(stage)
    ? [
        ['the slot propose has no facts', { propose: undefined }, /the slot propose has no facts of a proposal/],
        ['the proposal names no training points', { propose: PROPOSE }, /training: the slot propose names no artifact/],
      ]
    : [
        ['there is no slot propose', { fit: NO_FOLDS }, /the slot propose has no facts of a proposal/],
        ['the slot propose has no facts', { propose: undefined, fit: NO_FOLDS }, /the slot propose has no facts/],
        ['the slot fit has no facts', { propose: PROPOSE, fit: undefined }, /the slot fit has nothing of fold 0/],
        ['the slot fit lacks a fold', { propose: PROPOSE, fit: NO_FOLDS }, /the slot fit has nothing of fold 0/],
      ];

  describe(`the stage ${stage.stage}`, () => {
    it.each(cases)('returns an event, repeatedly, if %s', async (_what, written, message) => {
      const folder = await createTempFolder();
      const episodeLog = await openEpisodeLog(`sqlite://${folder.file('log.db')}`, { pollMs: 2 });
      const artifacts = await openArtifactStore(`file://${folder.file('artifacts')}`);
      const handedBack = Promise.withResolvers<void>();
      const errors: string[] = [];
      const write = (line: string): void => {
        const { message: what, error } = JSON.parse(line);
        if (what === 'handed back') errors.push(JSON.stringify(error));
        if (errors.length === 2) handedBack.resolve();
      };
      for (const [slot, facts] of Object.entries(written)) {
        const key = { study: STUDY, episode: 0, slot: slot as Slot };
        const result = { facts } as SlotContent['result'];
        await episodeLog.append(key, encodeSlot(key, { startedAtMs: 0, endedAtMs: 0, attempt: 1, result }));
      }
      const silent: AskedService = { target: 'silent', getCapabilities: async () => ({}) };
      const deps = { episodeLog, artifacts, log: createLogger({ level: 'warn', write }), concurrency: 1 };
      const worker = createFoldStage(stage, {
        ...deps,
        service: () => silent,
        generator: silent as FoldStageDeps<never>['generator'],
      });
      try {
        worker.start('self');
        await handedBack.promise;
        expect(errors).toEqual([expect.stringMatching(message), expect.stringMatching(message)]);
        expect(await episodeLog.read({ study: STUDY, episode: 0, slot: stage.stage })).toBeUndefined();
      } finally {
        await worker.drain(0);
        await episodeLog.close();
        await artifacts.close();
        await folder.remove();
      }
    });
  });
}
