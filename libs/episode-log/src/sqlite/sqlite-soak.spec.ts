import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { soak } from '@qloom/testing/episode-log/soak.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { openEpisodeLog } from '../open-log.ts';

/** A week in waves of ten minutes; here a wave is longer, so that there are fewer. */
const WEEK_MS = 7 * 86_400_000;
const WAVES = 24;

describe('a log on SQLite under stage workers that fail', () => {
  it('loses, repeats and keeps nothing over a queue and a simulated week', async () => {
    const folder = await createTempFolder();
    const path = folder.file('log.db');
    const open = () => openEpisodeLog(`sqlite://${path}`, { warn: () => {}, firstRetryMs: 5, now });
    let clock = Date.now();
    const now = (): number => clock++;
    const rows = (): Record<string, number> => {
      const database = new DatabaseSync(path, { readOnly: true });
      const count = (table: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
      const found = Object.fromEntries(['leases', 'consumers', 'consumptions'].map((table) => [table, count(table)]));
      database.close();
      return found;
    };
    const measured: unknown[] = [];
    const report = await soak({
      open,
      connections: 4,
      workers: 24,
      queued: 400,
      waves: WAVES,
      episodesPerWave: 4,
      afterWave: () => {
        clock += WEEK_MS / WAVES;
      },
      measure: () => void measured.push(rows()),
    });
    expect(report).toMatchObject({ episodes: 400 + 4 * WAVES, lost: 0, duplicates: 0, left: 0 });
    expect(report.redeliveries).toBe(report.failures);
    expect(report.failures).toBeGreaterThan(0);
    expect(measured).toEqual(Array(2).fill({ leases: 0, consumers: 3, consumptions: 24 }));
    // The last connection to close removes it.
    expect(statSync(`${path}-wal`, { throwIfNoEntry: false })).toBeUndefined();
    expect(rows()).toEqual({ leases: 0, consumers: 3, consumptions: 0 });
    await folder.remove();
  });
});
