import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mayWiden } from './wide-vectors.ts';

const PROGRAM = fileURLToPath(new URL('./testing/print-bits-main.ts', import.meta.url));
/** Everything is optimized at once: a program that is run a few times would stay with V8's baseline compiler. */
const OPTIMIZED = ['--no-liftoff', '--no-wasm-lazy-compilation'];
const WIDE = '--experimental-wasm-revectorize';

const run = (every: number, ...flags: string[]) =>
  execFileSync(process.execPath, [...flags, PROGRAM, String(every)], { encoding: 'utf8', maxBuffer: 2 ** 30 });
const digest = (output: string) => output.match(/^digest [0-9a-f]{64}$/m)?.[0];

describe('wide vectors', () => {
  it.each([
    ['x64', '13.6.233.17-node.50', true],
    ['x64', '12.4.254.21-node.33', true],
    ['x64', '14.0.1', false],
    ['arm64', '13.6.233.17-node.50', false],
  ])('on %s by V8 %s: %p', (arch, v8, may) => expect(mayWiden(arch, v8)).toBe(may));

  (mayWiden() ? it : it.skip)('give the bits of narrow ones, on golden circuits', () => {
    const every = process.env.QLOOM_LONG_TESTS === '1' ? 1 : 6;
    const narrow = digest(run(every, ...OPTIMIZED));
    expect(narrow).toBeDefined();
    expect(digest(run(every, ...OPTIMIZED, WIDE))).toBe(narrow);
    // And those of the baseline compiler, with which every other test is run.
    expect(digest(run(every))).toBe(narrow);
  });

  const hasAvx2 = existsSync('/proc/cpuinfo') && /\bavx2\b/.test(readFileSync('/proc/cpuinfo', 'utf8'));
  (mayWiden() && hasAvx2 ? it : it.skip)('are what V8 makes of two registers', () => {
    const trace = run(100, ...OPTIMIZED, WIDE, '--trace-wasm-revectorize');
    expect(trace).toMatch(/PackNode \[F32x4Mul\]/);
    expect(trace).toMatch(/PackNode \[F64x2Mul\]/);
  });
});
