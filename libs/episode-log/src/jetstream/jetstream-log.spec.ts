import { describeEpisodeLogContract } from '@qloom/testing/episode-log/contract.ts';
import { describeWithEachNats, type NatsServer, startNatsServer } from '@qloom/testing/nats-server.ts';

// On a loaded machine a server may take longer to notice a stopped client than a test waits. A real fault fails every
// attempt.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

describeWithEachNats('JetStream', (program) => {
  let server: NatsServer;
  let count = 0;
  beforeAll(async () => {
    server = await startNatsServer({ program });
  });
  afterAll(() => server.stop());

  describeEpisodeLogContract('JetStream', {
    createUrl: async (leaseMs) => `${server.url}?namespace=test-${count++}&lease=${leaseMs}ms`,
  });
});
