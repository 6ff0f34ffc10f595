import fc from 'fast-check';
import { createByteAssembler, splitBytes } from './byte-chunks.ts';
import { ChunkError } from './tensor-error.ts';

const assemble = (chunks: Iterable<Parameters<ReturnType<typeof createByteAssembler>['add']>[0]>) => {
  const assembler = createByteAssembler('model');
  for (const chunk of chunks) assembler.add(chunk);
  return assembler.bytes();
};

describe('an opaque sequence in pieces', () => {
  it('is whole again after any split', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 64 }), (bytes, size) => {
        const chunks = [...splitBytes(bytes, size)];
        expect(chunks).toHaveLength(Math.max(1, Math.ceil(bytes.length / size)));
        expect(Buffer.from(assemble(chunks))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  const chunks = [...splitBytes(new TextEncoder().encode('abcdefgh'), 3)];

  it('carries the SHA-256 of the whole (FIPS 180-2, appendix B.1: "abc")', () => {
    const [abc] = splitBytes(new TextEncoder().encode('abc'));
    expect(abc.sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it.each([
    ['out of order', [chunks[0], chunks[2]], 'model: a piece at offset 6; right would be 3'],
    ['repeated', [chunks[0], chunks[0]], 'model: a piece at offset 0; right would be 3'],
    ['missing', [chunks[0]], 'model: 3 of 8 bytes came'],
    ['nothing', [], 'model: no piece came'],
    ['mixed up', [chunks[0], { ...chunks[1], total: 9 }], 'model: the piece at 3 is of another sequence'],
    ['one too many', [...chunks, chunks[2]], 'model: a piece came after the last one'],
    ['over the end', [{ ...chunks[0], total: 2 }], 'model: pieces reach byte 3; right would be at most 2'],
    ['empty', [chunks[0], { ...chunks[1], data: new Uint8Array() }], 'model: the piece at 3 is empty'],
    ['without a hash', [{ ...chunks[0], sha256: 'x' }], 'model: sha256 "x" is not 64 lower-case hex digits'],
  ])('refuses pieces that are %s', (_what, given, message) => {
    expect(() => assemble(given)).toThrow(ChunkError);
    expect(() => assemble(given)).toThrow(message);
  });

  it('notices a flipped bit as data loss', () => {
    const broken = chunks.map((chunk, index) => (index === 1 ? { ...chunk, data: Uint8Array.of(1, 2, 3) } : chunk));
    expect(() => assemble(broken)).toThrow(expect.objectContaining({ code: 'data-loss' }));
  });

  it('allocates no more than its limit', () => {
    const assembler = createByteAssembler('model', 100);
    expect(() => assembler.add({ ...chunks[0], total: 2 ** 31 })).toThrow('right would be at most 100');
  });
});
