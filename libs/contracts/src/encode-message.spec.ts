import fc from 'fast-check';
import { encodeMessage } from './encode-message.ts';
import { CritiqueRequest } from './gen/qloom/discriminator/v1/discriminator.ts';
import { Tensor } from './gen/qloom/tensor/v1/tensor.ts';

const tensor = fc.record({
  dtype: fc.constantFrom(1, 2, 3, 4) as fc.Arbitrary<Tensor['dtype']>,
  shape: fc.array(fc.nat({ max: 2 ** 32 - 1 }), { maxLength: 4 }),
  data: fc.uint8Array({ maxLength: 5_000 }).map((bytes) => Buffer.from(bytes)),
});

describe('encodeMessage', () => {
  it("gives ts-proto's own bytes, message after message", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ index: fc.nat(), x: tensor, classes: tensor }), { maxLength: 4 }), (steps) => {
        for (const step of steps) {
          const message = CritiqueRequest.fromPartial({ part: { $case: 'step', value: step } });
          const bytes = encodeMessage(CritiqueRequest, message);
          expect(Buffer.compare(bytes, CritiqueRequest.encode(message).finish())).toBe(0);
        }
      }),
    );
  });

  it('leaves what it gave out alone when the next message is written', () => {
    const first = encodeMessage(Tensor, { dtype: 1, shape: [1], data: Buffer.alloc(6_000, 1) });
    const copy = Buffer.from(first);
    encodeMessage(Tensor, { dtype: 1, shape: [1], data: Buffer.alloc(6_000, 2) });
    expect(Buffer.compare(first, copy)).toBe(0);
  });

  it('writes a message larger than the buffer that it keeps, and small ones after it', () => {
    const large = { dtype: 1, shape: [1], data: Buffer.alloc(3 * 1024 * 1024, 7) } as const;
    expect(encodeMessage(Tensor, { ...large, shape: [1] }).length).toBeGreaterThan(large.data.length);
    expect(Tensor.decode(encodeMessage(Tensor, { dtype: 1, shape: [2], data: Buffer.of(1, 2) })).shape).toEqual([2]);
  });

  it('is not left with half a message by a number that its field cannot hold', () => {
    expect(() => encodeMessage(Tensor, { dtype: 1, shape: [3, -1], data: Buffer.alloc(0) })).toThrow(/-1/);
    const good = { dtype: 1 as const, shape: [3], data: Buffer.alloc(0) };
    expect(Buffer.compare(encodeMessage(Tensor, good), Tensor.encode(good).finish())).toBe(0);
  });
});
