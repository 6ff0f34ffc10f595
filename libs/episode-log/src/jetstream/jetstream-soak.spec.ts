import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { soak } from '@qloom/testing/episode-log/soak.ts';
import { describeWithEachNats, startNatsServer } from '@qloom/testing/nats-server.ts';
import { openEpisodeLog } from '../open-log.ts';

describeWithEachNats('a log on JetStream under stage workers that fail', (program) => {
  it('loses, repeats and keeps nothing over a queue and many small waves', async () => {
    const server = await startNatsServer({ program });
    const connection = await connect({ servers: server.url });
    const manager = await jetstreamManager(connection);
    const consumers: number[] = [];
    const report = await soak({
      open: () => openEpisodeLog(server.url, { warn: () => {}, firstRetryMs: 5 }),
      connections: 4,
      workers: 24,
      queued: 400,
      waves: 24,
      episodesPerWave: 4,
      measure: async () => void consumers.push((await manager.streams.info('qloom-v1')).state.consumer_count),
    });
    expect(report).toMatchObject({ episodes: 496, lost: 0, duplicates: 0, left: 0 });
    expect(report.failures).toBeGreaterThan(0);
    expect(consumers).toEqual([3, 3]);
    const { state } = await manager.streams.info('qloom-v1');
    expect(state).toMatchObject({ messages: 4 * report.episodes, consumer_count: 3 });
    await connection.close();
    await server.stop();
  });
});
