import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { classifyFault } from '@qloom/service-kit/faults/faults.ts';
import { decodePointsArtifact, encodePointsArtifact } from './points-artifact.ts';

const points = {
  count: 3,
  features: 2,
  classes: 2,
  x: Float32Array.of(1, 2, 3, 4, 5, 6),
  y: Int32Array.of(0, 1, 0),
  group: Int32Array.of(2, 0, 1),
};

describe('points artifact', () => {
  it('restores the points, and gives the same bytes for the same points', () => {
    const bytes = encodePointsArtifact(points);
    expect(decodePointsArtifact(bytes, 'points')).toEqual(points);
    expect(encodePointsArtifact(points)).toEqual(bytes);
  });

  it('keeps points that need several messages in order', () => {
    const count = 150_000;
    const many = {
      count,
      features: 2,
      classes: 1,
      x: Float32Array.from({ length: 2 * count }, (_, i) => i),
      y: new Int32Array(count),
    };
    const decoded = decodePointsArtifact(encodePointsArtifact(many), 'points');
    expect(decoded.count).toBe(count);
    expect(decoded.x).toEqual(many.x);
  });

  it('reports the position at which bytes are truncated, for every length', () => {
    const bytes = encodePointsArtifact(points);
    for (let length = 1; length < bytes.length; length++) {
      expect(() => decodePointsArtifact(bytes.subarray(0, length), 'fold 1 training')).toThrow(
        /fold 1 training: no whole message of points at byte 0/,
      );
    }
  });

  it.each<[string, Partial<typeof points>]>([
    ['a label out of range', { y: Int32Array.of(0, 1, 7) }],
    ['a value that is not finite', { x: Float32Array.of(1, 2, Number.NaN, 4, 5, 6) }],
    ['no classes', { classes: 0 }],
  ])('treats %s as damage of the storage, which is retried and does not fail the episode', (_what, wrong) => {
    const bytes = encodePointsArtifact({ ...points, ...wrong });
    const fault = (() => {
      try {
        return decodePointsArtifact(bytes, 'fold 1 training');
      } catch (error) {
        return error;
      }
    })();
    expect(fault).toBeInstanceOf(DomainError);
    expect(fault).toMatchObject({ message: expect.stringMatching(/^fold 1 training: stored points are damaged: /) });
    expect(classifyFault(fault).kind).not.toBe('failed');
  });
});
