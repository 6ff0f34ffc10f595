import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startTestServer } from '@qloom/testing/test-server.ts';
import { readArguments } from './arguments.ts';
import { toyPolicy } from './testing/toy-policy.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

describe('npm run conformance', () => {
  it('prints one line per check and the counts, and exits with 0', async () => {
    const server = await startTestServer(toyPolicy());
    const { code, stdout } = await run('policy', server.target);
    await server.stop();
    expect(stdout).toMatch(/^ok {7}as many proposals come as were wanted$/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('9 checks: 9 ok, 0 failed, 0 skipped');
    expect(code).toBe(0);
  });

  it('prints for a failed check what was wrong, what would be right and its place in the contract, and exits with 1', async () => {
    const server = await startTestServer(toyPolicy('too few'));
    const { code, stdout } = await run('policy', server.target);
    await server.stop();
    expect(stdout).toContain(
      [
        'FAILED   as many proposals come as were wanted',
        '           batch 0 has 3 proposals',
        '           right would be 4',
        '           policy/v1/policy.proto: PolicyService',
      ].join('\n'),
    );
    expect(code).toBe(1);
  });

  it('exits with 2 if nothing answers', async () => {
    const { code, stderr } = await run('generator', 'unix:/nobody/here.sock', '--connect-timeout', '1');
    expect(stderr).toContain('nothing speaks gRPC at unix:/nobody/here.sock');
    expect(code).toBe(2);
  });

  it('prints its usage', async () => {
    const { code, stdout } = await run('--help');
    expect(stdout).toContain('Usage: npm run conformance -- <service> <target>');
    expect(code).toBe(0);
  });

  it.each([
    [[], /service: "" is none of generator, discriminator, qnn-sim, policy/],
    [['judge', 'x'], /service: "judge" is none of/],
    [['policy'], /target: is missing/],
    [['policy', 'x', 'y'], /"y" is one too many/],
    [['generator', 'x', '--set', 'gan.steps'], /right would be --set name=value/],
    [['generator', 'x', '--deadline', '-1'], /--deadline/],
    [['generator', 'x', '--quickly'], /--quickly/],
  ])('refuses %j', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });
});
