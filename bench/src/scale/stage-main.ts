// A replica: the stage worker of one service as a process of its own. Arguments: stage, log, time of its work in milliseconds.
import { openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import { createLogger } from '@qloom/service-kit/logger.ts';
import type { WorkerStage } from '@qloom/study/stages.ts';
import { createWaitingStage } from './waiting-stage.ts';

const [stage, url, waitMs] = process.argv.slice(2);
const episodeLog = await openEpisodeLog(url, { warn: () => {} });
const log = createLogger({ level: 'error' });
const worker = createWaitingStage({ stage: stage as WorkerStage, episodeLog, log, waitMs: Number(waitMs) });
process.on('SIGTERM', async () => {
  await worker.drain(0);
  await episodeLog.close();
  process.exit(0);
});
worker.start('');
console.log(JSON.stringify({ ready: true, service: stage, target: '', pid: process.pid }));
