import { readFileSync, writeFileSync } from 'node:fs';
import { createEngine } from '@qloom/qnn/engine/select-engine.ts';
import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import { createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { CommandError } from './errors.ts';
import { reportError } from './report-error.ts';

/** The error that a piece of work ends with. */
const errorOf = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('it succeeded');
};

function report(error: unknown): { code: number; text: string } {
  let text = '';
  const code = reportError(error, {
    write(more: string) {
      text += more;
    },
  });
  return { code, text };
}

describe('an error at the end of a command', () => {
  it('is cut line by line, so that no line is too long to read, and none is lost', () => {
    const { text } = report(
      new CommandError(['short', 'x'.repeat(100_000), ...Array<string>(400).fill('y')].join('\n')),
    );
    const lines = text.trimEnd().split('\n');
    expect([lines.length, lines[0], lines[401]]).toEqual([402, 'qloom: short', 'y']);
    expect(lines[1]).toMatch(/^x{1900,2048}… \(cut; 100000 characters in all\)$/);
  });

  it.each<[string, () => unknown, string]>([
    [
      'a circuit that is too large',
      () => createCircuitBuilder({ qubits: 26 }),
      '26 qubits are above the maximum of 20',
    ],
    ['an engine that is none', () => createEngine('gpu'), "engine: 'gpu' is none of 'auto', 'wasm'"],
    ['QNN settings that are none', () => createQnnSettings({ qubits: 0 }), 'qnn.qubits: 0 is not an integer'],
  ])('is of usage, without a trace, for %s', async (_what, work, message) => {
    const { code, text } = report(await errorOf(work));
    expect([code, text.split('\n').length]).toEqual([2, 2]);
    expect(text).toContain(`qloom: `);
    expect(text).toContain(message);
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'a file that is not there',
      () => readFileSync('/nowhere/x'),
      /^qloom: \/nowhere\/x: cannot be opened: no such file or folder \(ENOENT\)\n$/,
    ],
    [
      'a full disk',
      () => writeFileSync('/dev/full', 'x'),
      /^qloom: write: no space is left on the device; make room .*\(ENOSPC\)\n$/,
    ],
    ['a folder', () => readFileSync('/'), /^qloom: read: it is a folder \(EISDIR\)\n$/],
  ])('names path and reason, without a trace, for %s', async (_what, work, message) => {
    const { code, text } = report(await errorOf(work));
    expect([code, text]).toEqual([1, expect.stringMatching(message)]);
  });

  it('has a trace only if it is unexpected', () => {
    expect(report(new CommandError('it is over'))).toEqual({ code: 1, text: 'qloom: it is over\n' });
    expect(report(new TypeError('x is undefined')).text).toMatch(/TypeError: x is undefined\n {4}at /);
  });
});
