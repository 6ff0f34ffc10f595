import fc from 'fast-check';
import { packContainer, unpackContainer } from './container.ts';

const example = () =>
  packContainer({
    content: { method: 'gan' },
    arrays: { theta: Float32Array.of(1.5, -2, Number.NaN) },
    blobs: { phi: Uint8Array.of(1, 2, 3) },
  });

describe('a packed container', () => {
  it('unpacks to what was packed', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.dictionary(fc.stringMatching(/^[a-z.]+$/), fc.float32Array({ noNaN: true })),
        fc.dictionary(fc.stringMatching(/^[a-z.]+$/), fc.uint8Array()),
        (content, arrays, blobs) => {
          const back = unpackContainer(packContainer({ content, arrays, blobs }));
          expect(JSON.stringify(back.content)).toBe(JSON.stringify(content));
          expect(Object.entries(back.arrays)).toEqual(Object.entries(arrays));
          expect(Object.entries(back.blobs)).toEqual(Object.entries(blobs));
        },
      ),
    );
  });

  it('gives the same bytes each time, and unpacks from an unaligned view', () => {
    expect(example()).toEqual(example());
    const shifted = new Uint8Array(example().length + 3);
    shifted.set(example(), 3);
    expect(unpackContainer(shifted.subarray(3)).arrays.theta[0]).toBe(1.5);
  });

  it('refuses any single flipped bit', () => {
    fc.assert(
      fc.property(fc.nat(example().length * 8 - 1), (bit) => {
        const bytes = example();
        bytes[bit >> 3] ^= 1 << (bit & 7);
        expect(() => unpackContainer(bytes)).toThrow(/^checkpoint: /);
      }),
    );
  });

  it('names what is wrong', () => {
    expect(() => unpackContainer(new Uint8Array(100))).toThrow('100 bytes that do not begin with QLOOMGEN');
    expect(() => unpackContainer(example().subarray(0, -1))).toThrow('damaged or cut short');
    const other = example();
    other[8] = 7;
    expect(() => unpackContainer(other)).toThrow('format version 7; this generator reads version 1');
  });
});
