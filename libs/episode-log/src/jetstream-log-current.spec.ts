import { describeEpisodeLogContract } from '@qloom/testing/episode-log-contract.ts';
import { findNatsServer, type NatsServer, startNatsServer } from '@qloom/testing/nats-server.ts';

// The distribution's server is old; what clusters run is newer. Where one is named, the contract holds on it as well.
const program = process.env['QLOOM_NATS_SERVER_CURRENT'];
const version = program ? findNatsServer(program)?.version : undefined;
if (program && version === undefined) throw new Error(`QLOOM_NATS_SERVER_CURRENT: ${program} is no nats-server`);
if (!program) process.stderr.write('skipped, since QLOOM_NATS_SERVER_CURRENT names no server: JetStream, current\n');

jest.retryTimes(2, { logErrorsBeforeRetry: true });

(program ? describe : describe.skip)(`JetStream, nats-server ${version}`, () => {
  let server: NatsServer;
  let count = 0;
  beforeAll(async () => {
    server = await startNatsServer({ program });
  });
  afterAll(() => server.stop());

  it('is a server of at least 2.10, which the warning is not for', () => {
    expect(Number(server.version.split('.')[1])).toBeGreaterThanOrEqual(10);
  });

  describeEpisodeLogContract('JetStream', {
    createUrl: async (leaseMs) => `${server.url}?namespace=test-${count++}&lease=${leaseMs}ms`,
  });
});
