import { describeEpisodeLogContract } from '@qloom/testing/episode-log-contract.ts';
import { describeWithNats, type NatsServer, startNatsServer } from '@qloom/testing/nats-server.ts';

// A server on a crowded machine may take longer to notice a stopped client than a test waits. What is wrong stays wrong.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

describeWithNats('JetStream', () => {
  let server: NatsServer;
  let count = 0;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  describeEpisodeLogContract('JetStream', {
    createUrl: async (leaseMs) => `${server.url}?namespace=test-${count++}&lease=${leaseMs}ms`,
  });
});
