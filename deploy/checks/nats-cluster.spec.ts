import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import { type NatsServer, startNatsServer } from '@qloom/testing/nats-server.ts';
import { DEPLOY } from './render.ts';

const program = process.env['QLOOM_NATS_SERVER_CURRENT'];
if (!program) process.stderr.write('skipped: QLOOM_NATS_SERVER_CURRENT is not set: the NATS servers of nats-cluster\n');
const describeWithCurrentNats = program ? describe : describe.skip;

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describeWithCurrentNats('the NATS servers of nats-cluster', () => {
  const user = 'qloom';
  const password = 'p4ss-word';
  const servers: NatsServer[] = [];
  let folder: string;
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'qloom-nats-cluster-'));
    const ports = await Promise.all([0, 1, 2].map(freePort));
    const conf = readFileSync(join(DEPLOY, 'k8s/components/nats-cluster/three-servers/nats.conf'), 'utf8');
    const start = (i: number): Promise<NatsServer> => {
      // What differs from a pod: variables, addresses, ports and folders.
      const settings = conf
        .replaceAll('$QLOOM_NATS_USER', user)
        .replaceAll('$QLOOM_NATS_PASSWORD', password)
        .replace('$POD_NAME', `nats-${i}`)
        .replaceAll(/nats-(\d)\.nats:6222/g, (_, j) => `127.0.0.1:${ports[Number(j)]}`)
        .replace('port: 6222', `listen: 127.0.0.1:${ports[i]}`)
        .replace('http_port: 8222', '')
        .replace('/run/nats/nats.pid', join(folder, `${i}.pid`))
        .replace('/data', join(folder, `data-${i}`));
      return startNatsServer({ program, jetStream: false, settings });
    };
    servers.push(...(await Promise.all([0, 1, 2].map(start))));
    url = `nats://${servers.map((server) => server.url.replace('nats://', '')).join(',')}?replicas=3`;
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('hold log and artifacts with three replicas for the user of the Secret, and lose nothing with one server', async () => {
    const log = await openEpisodeLog(url, { user, password, warn: () => {} });
    const artifacts = await openArtifactStore(url, { user, password, warn: () => {} });
    const key = { study: 's', episode: 0, slot: 'propose' } as const;
    await log.append(key, new Uint8Array([1, 2, 3]));
    const hash = await artifacts.put(new Uint8Array([4, 5]));
    await servers[0].kill();
    expect([...((await log.read(key))?.payload ?? [])]).toEqual([1, 2, 3]);
    expect([...(await artifacts.get(hash))]).toEqual([4, 5]);
    await log.append({ ...key, episode: 1 }, new Uint8Array([6]));
    await servers[0].restart();
    expect(await log.replay('s')).toHaveLength(2);
    await Promise.all([log.close(), artifacts.close()]);
  });

  it('refuse others', async () => {
    await expect(openEpisodeLog(url, { user, password: 'wrong' })).rejects.toThrow();
  });

  it('refuse the user of the Secret outside of Qloom', async () => {
    const log = await openEpisodeLog(`${url}&namespace=other`, { user, password, warn: () => {} });
    const key = { study: 's', episode: 0, slot: 'propose' } as const;
    await expect(log.append(key, new Uint8Array([1]))).rejects.toThrow('Permissions Violation');
    await log.close();
  });
});
