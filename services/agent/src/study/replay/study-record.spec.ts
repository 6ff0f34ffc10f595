import { CampaignSettings } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { FailureReason } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { CampaignChange } from '../../domain/campaign/campaign.ts';
import { CAMPAIGN_SLOT, changeKey, encodeChange, encodeCreated } from '../campaign/campaign-record.ts';
import { decodeRecord, encodeRecord } from './study-record.ts';
import { applyEvent, emptyView } from './study-view.ts';

const standing = (record: Parameters<typeof encodeRecord>[1]) =>
  decodeRecord({ ...encodeRecord('study', record, 0), headers: {}, sequence: 1, timeMs: 0 });

describe('the record of a study that failed', () => {
  it('holds its message', () => {
    const failure = { reason: FailureReason.INVALID, message: 'qnn.qubits: 2; right would be at least 4' };
    expect(standing({ $case: 'finished', value: { failure } })).toMatchObject({ value: { failure } });
  });

  it('has only the beginning of a message that is too long', () => {
    const failure = { reason: FailureReason.POISON, message: 'x'.repeat(100_000) };
    const record = standing({ $case: 'finished', value: { failure } });
    const message = record?.$case === 'finished' ? record.value.failure?.message : undefined;
    expect(message).toMatch(/^x{1900,2048}… \(cut; 100000 characters in all\)$/);
  });
});

describe('an event that holds another message', () => {
  it('is passed over: a log has campaigns beside studies', () => {
    const settings = CampaignSettings.fromPartial({ seed: 3, classNames: ['low', 'high'], budget: 10 });
    const created = encodeCreated({ settings, poolSize: 24, featureNames: ['field'] }, 0);
    const asked: CampaignChange = { kind: 'asked', token: 'a', who: 'ann', count: 0, points: [], round: null };
    for (const [slot, payload] of [
      [CAMPAIGN_SLOT, created],
      [changeKey('campaign', 1).slot, encodeChange(asked, 0)],
    ] as const) {
      const event = { key: { study: 'campaign', slot }, payload, headers: {}, sequence: 1, timeMs: 0 };
      expect(decodeRecord(event)).toBeUndefined();
      expect(applyEvent(emptyView('campaign'), event).created).toBeUndefined();
    }
  });

  it('is an error in the slot of a record', () => {
    const event = {
      key: { study: 'study', slot: 'create' },
      payload: new Uint8Array(0),
      headers: {},
      sequence: 1,
      timeMs: 0,
    };
    expect(() => decodeRecord(event)).toThrow('holds nothing');
  });
});
