import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ServiceError, status } from '@grpc/grpc-js';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { type SpawnedMain, spawnMain } from '@qloom/testing/spawn-main.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { connect } from '../client/clients.ts';

const ECHO = fileURLToPath(new URL('../../fixtures/echo-main.ts', import.meta.url));
const PARENT = fileURLToPath(new URL('../../fixtures/parent-main.ts', import.meta.url));

let folder: TempFolder;
const mains: SpawnedMain[] = [];

const start = (env: Record<string, string> = {}, args: string[] = []): SpawnedMain => {
  const main = spawnMain(ECHO, { QLOOM_LISTEN: folder.socket('echo'), ...env }, args);
  mains.push(main);
  return main;
};
const remoteOf = (target: string) => connect(GeneratorServiceService, target);

beforeEach(async () => {
  folder = await createTempFolder();
});
afterEach(async () => {
  for (const main of mains.splice(0)) await main.kill();
  await folder.remove();
});

describe('a service as a process', () => {
  it('prints its address when it is ready, answers, and exits with 0 on SIGTERM', async () => {
    const main = start();
    const { service, target, pid } = await main.ready;
    expect({ service, target, pid }).toEqual({ service: 'echo', target: folder.socket('echo'), pid: main.pid });
    const remote = remoteOf(target);
    expect((await remote.getCapabilities({})).capabilities?.service).toBe('echo');
    expect(await main.stop()).toEqual({ code: 0, signal: null });
    remote.close();
  });

  it('takes a free port for port 0', async () => {
    const { target } = await start({ QLOOM_LISTEN: '127.0.0.1:0' }).ready;
    expect(target).toMatch(/^127\.0\.0\.1:[1-9]\d+$/);
    const remote = remoteOf(target);
    await remote.getCapabilities({});
    remote.close();
  });

  it('ends a stream that is open as UNAVAILABLE, and exits with 0', async () => {
    const main = start();
    const remote = remoteOf((await main.ready).target);
    const call = remote.sample();
    await call.exchange({ part: { $case: 'settings', value: { seed: 1, classCounts: [], ungated: false } } });
    const [error, end] = await Promise.all([call.receive().catch((e: ServiceError) => e), main.stop()]);
    expect(error).toMatchObject({ code: status.UNAVAILABLE });
    expect(end.code).toBe(0);
    remote.close();
  });

  it('cuts off what does not end in time, and exits with 3', async () => {
    const main = start({ ECHO_HANGS: 'true', QLOOM_DRAIN_TIMEOUT_MS: '200' });
    const remote = remoteOf((await main.ready).target);
    const hanging = remote.getCapabilities({}).catch((e: ServiceError) => e.code);
    const call = remote.sample();
    await call.exchange({ part: { $case: 'settings', value: { seed: 1, classCounts: [], ungated: false } } });
    expect((await main.stop()).code).toBe(3);
    expect([status.UNAVAILABLE, status.CANCELLED]).toContain(await hanging);
    remote.close();
  });

  it('ends at once on a second signal', async () => {
    const main = start({ ECHO_HANGS: 'true' });
    const remote = remoteOf((await main.ready).target);
    const hanging = remote.getCapabilities({}).catch(() => {});
    const call = remote.sample();
    await call.exchange({ part: { $case: 'settings', value: { seed: 1, classCounts: [], ungated: false } } });
    main.process.kill('SIGINT');
    await main.line('draining');
    main.process.kill('SIGINT');
    expect((await main.ended).code).toBe(130);
    await hanging;
    remote.close();
  });

  it('drains and exits when its parent is killed', async () => {
    const parent = spawn(process.execPath, [PARENT, ECHO], {
      env: { ...process.env, QLOOM_LISTEN: folder.socket('orphan') },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    // The service inherits the parent's stdout: it closes when both have ended.
    const closed = new Promise<void>((resolve) => parent.stdout.once('close', () => resolve()));
    await new Promise<void>((resolve) => parent.stdout.once('data', () => resolve()));
    parent.kill('SIGKILL');
    await closed;
  });

  it('takes the socket over that a killed service left behind', async () => {
    const first = start();
    await first.ready;
    await first.kill();
    await expect(start().ready).resolves.toMatchObject({ target: folder.socket('echo') });
  });

  it('refuses the socket of a service that lives, and exits with 1', async () => {
    await start().ready;
    const second = start();
    expect((await second.ended).code).toBe(1);
    expect(JSON.stringify(second.logged)).toContain('another process serves on');
  });

  it('names every wrong variable, its value and what would be right, and exits with 2', async () => {
    const main = start({ QLOOM_LISTEN: 'here', QLOOM_LOG_LEVEL: 'loud', ECHO_HANGS: 'maybe' });
    expect((await main.ended).code).toBe(2);
    expect(main.logged.map((line) => line['message'])).toEqual([
      'QLOOM_LISTEN: "here" is no address; right would be unix:/absolute/path.sock or host:port',
      'QLOOM_LOG_LEVEL: "loud" is not allowed; right would be one of debug, info, warn, error, silent',
      'ECHO_HANGS: "maybe" is not a boolean; right would be true or false',
    ]);
  });

  it('names a wrong variable of OpenTelemetry as well, and warns of one that has no effect', async () => {
    const wrong = start({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_TRACES_SAMPLER: 'sometimes' });
    expect(await wrong.ended).toEqual({ code: 2, signal: null });
    expect(wrong.logged.map(({ message }) => String(message).split(':')[0])).toEqual([
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      'OTEL_TRACES_SAMPLER',
    ]);
    const warned = start({ OTEL_METRICS_EXEMPLAR_FILTER: 'trace_based' });
    await warned.ready;
    expect(await warned.line('OTEL_METRICS_EXEMPLAR_FILTER has no effect here: it is not supported')).toMatchObject({
      level: 'warn',
    });
  });

  it.each(['build', 'later'])('exits with 1 when it breaks: %s', async (when) => {
    const main = start({ ECHO_BREAKS: when });
    if (when === 'later') {
      const remote = remoteOf((await main.ready).target);
      await remote.getCapabilities({}).catch(() => {});
      remote.close();
    }
    expect((await main.ended).code).toBe(1);
    expect(JSON.stringify(main.logged)).toContain(when === 'build' ? 'no model' : 'the log is gone');
  });

  it('prints its variables on --help, and exits with 0', async () => {
    const main = start({}, ['--help']);
    let help = '';
    main.process.stdout?.on('data', (text) => {
      help += text;
    });
    expect((await main.ended).code).toBe(0);
    for (const word of ['QLOOM_LISTEN', 'ECHO_HANGS', 'one of build, later', 'default: 20000'])
      expect(help).toContain(word);
  });
});
