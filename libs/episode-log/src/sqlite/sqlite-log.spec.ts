import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeEpisodeLogContract } from '@qloom/testing/episode-log/contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'qloom-sqlite-log-'));
let count = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeEpisodeLogContract('SQLite', {
  createUrl: async (leaseMs) => `sqlite://${join(folder, `${count++}.db`)}?lease=${leaseMs}ms`,
});
