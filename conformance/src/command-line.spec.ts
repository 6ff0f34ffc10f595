import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseListen } from '@qloom/service-kit/config/listen.ts';
import { startServer } from '@qloom/service-kit/server/server.ts';
import { serverCredentials } from '@qloom/service-kit/tls/credentials.ts';
import { watchCertificates } from '@qloom/service-kit/tls/tls-config.ts';
import { watchTokens } from '@qloom/service-kit/tls/tokens.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { makeCertificates } from '@qloom/testing/test-certificates.ts';
import { createMemoryLog, startTestServer } from '@qloom/testing/test-server.ts';
import { readArguments } from './arguments.ts';
import { rightPolicy } from './testing/policy/right-policy.ts';
import { WRONG_POLICIES } from './testing/policy/wrong-policies.ts';

const tooFew = WRONG_POLICIES.find(({ fault }) => fault === 'proposes a point less') as (typeof WRONG_POLICIES)[number];
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
    const server = await startTestServer(rightPolicy());
    const { code, stdout } = await run('policy', server.target);
    await server.stop();
    expect(stdout).toMatch(/^ok {7}as many proposals come as were wanted(, \d+ s)?$/m);
    expect(stdout).toMatch(/^skipped {2}a study at a second instance .* \(takes two instances: .*--start COMMAND\)$/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^\d+ checks: \d+ ok, 0 failed, 1 skipped, in \d+ s$/);
    expect(code).toBe(0);
  });

  it('prints for a failed check what was wrong, what would be right and its place in the contract, and exits with 1', async () => {
    const server = await startTestServer(tooFew.mutation(rightPolicy(), 0));
    const { code, stdout } = await run('policy', server.target, '--only', 'as many proposals');
    await server.stop();
    expect(stdout.replace(/, \d+ s$/m, '')).toContain(
      [
        'FAILED   as many proposals come as were wanted',
        '           batch 0 has 3 proposals',
        '           right would be 4',
        '           policy/v1/policy.proto: PolicyService',
      ].join('\n'),
    );
    expect(code).toBe(1);
  });

  it('starts two instances, each at an address of its own, and ends them', async () => {
    const main = fileURLToPath(new URL('./testing/policy/main.ts', import.meta.url));
    const command = `echo started; exec '${process.execPath}' '${main}' {target}`;
    const { code, stdout } = await run('policy', '--start', command, '--json', '--only', 'second instance');
    const [result, counts] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(result).toMatchObject({ outcome: 'ok', seconds: expect.any(Number) });
    expect(counts).toMatchObject({ ok: 1, failed: 0, skipped: 0, seconds: expect.any(Number) });
    expect(code).toBe(0);
  });

  it('checks a service that demands TLS, a certificate and a token, with the options of qloom', async () => {
    const folder = await createTempFolder();
    const made = makeCertificates(folder.path);
    await writeFile(folder.file('token'), 'c0ffee00c0ffee00\n');
    const files = { certFile: made.serverCertFile, keyFile: made.serverKeyFile, caFile: made.caFile };
    const watched = watchCertificates(files, { warn: () => {} });
    const tokens = watchTokens(folder.file('token'), { warn: () => {} });
    const { address } = parseListen('127.0.0.1:0');
    const server = await startServer({
      services: [rightPolicy()],
      listen: address as NonNullable<typeof address>,
      log: createMemoryLog().log,
      credentials: serverCredentials(watched),
      tokens: () => tokens.current,
    });
    server.setReady(true);
    const port = server.target.slice(server.target.lastIndexOf(':') + 1);
    const trust = ['--tls-ca', made.caFile];
    const client = ['--tls-cert', made.clientCertFile, '--tls-key', made.clientKeyFile];
    const token = ['--token-file', folder.file('token')];
    const check = (...args: string[]) => run('policy', ...args, '--only', 'updates never', '--connect-timeout', '2');
    try {
      const right = await check(`tls://localhost:${port}`, ...trust, ...client, ...token);
      expect(right).toMatchObject({ code: 0, stdout: expect.stringContaining('1 ok, 0 failed') });
      // An option of TLS is enough to use it.
      expect(await check(`127.0.0.1:${port}`, ...trust, ...client, ...token)).toMatchObject({ code: 0 });
      const unproven = await check(`tls://localhost:${port}`, ...trust, ...client);
      expect(unproven).toMatchObject({ code: 1, stdout: expect.stringContaining('the call ended as UNAUTHENTICATED') });
      const untrusted = await check(`tls://localhost:${port}`, ...client, ...token);
      expect(untrusted).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing speaks gRPC at tls://') });
      const clear = await check('dns:///qloom.example:443', ...token);
      expect(clear).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('is not sent over the network in the clear'),
      });
    } finally {
      await server.shutdown(0);
      watched.close();
      tokens.close();
      await folder.remove();
    }
  }, 120_000);

  it('exits with 2 and shows the output of a command that does not serve', async () => {
    const { code, stderr } = await run('policy', '--start', 'echo no module named grpc; exit 3');
    expect(stderr).toMatch(
      /--start: the command ended \(3\); right would be a command that serves gRPC at its address/,
    );
    expect(stderr).toContain('no module named grpc');
    expect(code).toBe(2);
  });

  it('exits with 2 if no check has the name', async () => {
    const server = await startTestServer(rightPolicy());
    const { code, stderr } = await run('policy', server.target, '--only', 'nonsense');
    await server.stop();
    expect(stderr).toContain('--only nonsense: is in the name of no check');
    expect(code).toBe(2);
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
    [[], /service: "" is none of generator, discriminator, qnn-sim, policy, experiment, campaign, study/],
    [['judge', 'x'], /service: "judge" is none of/],
    [['policy'], /target: is missing/],
    [['policy', 'x', '--second', 'x'], /--second x: is the target itself/],
    [['policy', 'x', '--start', 'y'], /"x" is one too many; right would be a target or --start, not both/],
    [['policy', '--start', ' '], /--start: is empty/],
    [['policy', 'x', 'y'], /"y" is one too many/],
    [['policy', 'x', '--tls-key', 'y'], /--tls-key: is given without --tls-cert/],
    [['generator', 'x', '--set', 'gan.steps'], /right would be --set name=value/],
    [['generator', 'x', '--deadline', '-1'], /--deadline/],
    [['generator', 'x', '--quickly'], /--quickly/],
  ])('refuses %j', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });
});
