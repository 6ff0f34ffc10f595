import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { makeCertificates, type TestCertificates } from '@qloom/testing/test-certificates.ts';
import { createWorkplace, type QloomEnd, type Workplace } from './cli-qloom.ts';
import { outcomeOf, readLines, readRecord } from './cli-run-folder.ts';
import { TINY_STUDY } from './cli-tiny-study.ts';
import { type Deployment, deploy } from './deployment.ts';
import { readSlots } from './read-log.ts';

const TOKEN = 'c0ffee00c0ffee00c0ffee00';

let place: Workplace;
let certificates: TestCertificates;
let cluster: Deployment;
/** Contexts of the test alone. */
let env: Record<string, string>;

/** A port of loopback that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const qloom = (...args: string[]): Promise<QloomEnd> => place.start(args, env).ended;

/** The same for a command that must succeed. */
async function done(...args: string[]): Promise<QloomEnd> {
  const ended = await qloom(...args);
  if (ended.code !== 0) throw new Error(`qloom ${args.join(' ')} ended with ${ended.code}:\n${ended.stderr}`);
  return ended;
}

// The agent takes TLS and a token, the simulator TLS of services that show a certificate.
beforeAll(async () => {
  place = await createWorkplace();
  env = { QLOOM_CONTEXTS: place.file('contexts.yaml') };
  certificates = makeCertificates(place.path);
  const { serverCertFile, serverKeyFile, caFile } = certificates;
  place.write('token', `${TOKEN}\n`);
  place.write('tiny.yaml', TINY_STUDY);
  const identity = { QLOOM_TLS_CERT_FILE: serverCertFile, QLOOM_TLS_KEY_FILE: serverKeyFile };
  const port = await freePort();
  cluster = await deploy({
    targets: { 'qnn-sim': `tls://127.0.0.1:${port}` },
    only: {
      'qnn-sim': {
        ...identity,
        QLOOM_TLS_CA_FILE: caFile,
        QLOOM_LISTEN: `127.0.0.1:${port}`,
        QLOOM_QNN_SIM_TARGET: '',
      },
      agent: {
        ...identity,
        NODE_EXTRA_CA_CERTS: caFile,
        QLOOM_LISTEN: '127.0.0.1:0',
        QLOOM_TOKEN_FILE: place.file('token'),
      },
    },
  });
});
afterAll(async () => {
  await cluster?.stop();
  await place.remove();
});

it('runs a study that another process submits and watches', async () => {
  const { target } = await cluster.main('agent').ready;
  const files = ['--tls-ca', certificates.caFile, '--token-file', place.file('token')];
  await done('context', 'add', 'c', '--agent', target, ...files);

  expect(await done('submit', 'tiny.yaml')).toMatchObject({ stdout: 'tiny\n' });
  const watched = await done('watch', 'tiny');
  expect(watched.stderr).toMatch(/Study tiny has finished\. Fetch its result with: qloom fetch tiny/);
  const [listed] = JSON.parse((await done('list', '--json')).stdout);
  expect(listed).toMatchObject({ name: 'tiny', state: 'finished', episodes: 4, rewarded: 4 });
});

it('leaves a run folder to fetch, on which other commands work', async () => {
  await done('fetch', 'tiny', '--out', 'fetched');
  const folder = place.file('fetched/tiny');
  const log = await readSlots(`sqlite:${cluster.folder.file('log.db')}`, 'tiny');
  const kept = readLines<{ episode?: number; slot: string }>(join(folder, 'events.jsonl'));
  const ofEpisodes = kept
    .filter(({ episode }) => episode !== undefined)
    .map(({ episode, slot }) => `${episode}/${slot}`);
  expect(ofEpisodes.sort()).toEqual([...log.keys()].sort());
  await done('report', 'tiny', '--out', 'fetched', '--json');
  const sampled = await done('sample', 'tiny', '--out', 'fetched', '--count', '5');
  expect(sampled.stdout.trim().split('\n')).toHaveLength(6);
});

it('leaves in it what a run on this machine leaves, with the same numbers', async () => {
  await done('run', 'tiny.yaml', '--out', 'local');
  expect(outcomeOf(place.file('fetched/tiny'))).toEqual(outcomeOf(place.file('local/tiny')));
});

it('leaves a study running that nobody watches, and cancels it; its events so far can be fetched', async () => {
  place.write('long.yaml', TINY_STUDY.replace('name: tiny', 'name: long').replace('episodes: 4', 'episodes: 400'));
  expect(await done('submit', 'long.yaml')).toMatchObject({ stdout: 'long\n' });
  const watching = place.start(['watch', 'long'], env);
  await watching.said(/long {2}(preparing|searching)/);
  watching.kill('SIGINT');
  const left = await watching.ended;
  expect(left.code).toBe(130);
  expect(left.stderr).toMatch(/study long continues at agent .*Watch it again with: qloom watch long/);
  const [listed] = JSON.parse((await done('list', '--json')).stdout);
  expect(listed).toMatchObject({ name: 'long' });
  expect(listed).not.toHaveProperty('endedAt');
  expect(await done('cancel', 'long')).toMatchObject({ stderr: 'Study long has ended: cancelled.\n' });
  expect(await qloom('watch', 'long')).toMatchObject({ code: 1 });
  const fetched = await qloom('fetch', 'long', '--out', 'fetched');
  expect(fetched.code).toBe(1);
  expect(fetched.stderr).toMatch(/study long was cancelled/);
  expect(readRecord(place.file('fetched/long')).state).toBe('cancelled');
});

it('refuses a process without the token, and one with another', async () => {
  const { target } = await cluster.main('agent').ready;
  const agent = ['--agent', target, '--tls-ca', certificates.caFile];
  const without = await qloom('list', ...agent);
  expect(without).toMatchObject({ code: 1, stdout: '' });
  expect(without.stderr).toMatch(/refuses the call: the call has no token; give --token-file/);
  writeFileSync(place.file('other'), 'deadbeefdeadbeefdeadbeef');
  const wrong = await qloom('list', ...agent, '--token-file', place.file('other'));
  expect(wrong.stderr).toMatch(/refuses the call: the token is not one that this server accepts/);
});
