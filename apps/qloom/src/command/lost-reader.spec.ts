import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { onLostReader } from './lost-reader.ts';

const errorOf = (code: string): Error => Object.assign(new Error(`write ${code}`), { code });

describe('onLostReader', () => {
  it('survives a reader that leaves, however often it is written to, and throws every other error', () => {
    const stream = new PassThrough();
    let lost = 0;
    onLostReader(stream, () => void lost++);
    for (const code of ['EPIPE', 'EPIPE', 'EIO']) stream.emit('error', errorOf(code));
    expect(lost).toBe(3);
    expect(() => stream.emit('error', errorOf('ENOSPC'))).toThrow('write ENOSPC');
  });

  it('keeps a process alive whose stderr is closed', async () => {
    const here = new URL('./lost-reader.ts', import.meta.url).href;
    const script = (guarded: boolean): string => `
      import { onLostReader } from '${here}';
      ${guarded ? 'onLostReader(process.stderr, () => {});' : ''}
      await new Promise((resolve) => process.stdin.once('end', resolve).resume()); // the reader has left
      for (let i = 0; i < 3; i++) {
        process.stderr.write('progress\\n');
        await new Promise((resolve) => setImmediate(resolve));
      }
      console.log('done');`;
    for (const guarded of [false, true]) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script(guarded)]);
      child.stderr.destroy();
      child.stderr.once('close', () => child.stdin.end());
      const [text, [code]] = await Promise.all([child.stdout.setEncoding('utf8').toArray(), once(child, 'close')]);
      expect([guarded, text.join(''), code]).toEqual(guarded ? [true, 'done\n', 0] : [false, '', 1]);
    }
  });
});
