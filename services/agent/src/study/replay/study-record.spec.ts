import { FailureReason } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { decodeRecord, encodeRecord } from './study-record.ts';

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
