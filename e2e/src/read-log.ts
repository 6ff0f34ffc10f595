import { SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { isEpisodeKey } from '@qloom/episode-log/event-key.ts';
import { openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import { timeless } from './watch-study.ts';

/** Every slot of a study's episodes by its key, such as "3/fit", without what depends on time. */
export async function readSlots(url: string, study: string): Promise<Map<string, unknown>> {
  const log = await openEpisodeLog(url);
  try {
    const slots = new Map<string, unknown>();
    for (const { key, payload } of await log.replay(study)) {
      if (isEpisodeKey(key)) slots.set(`${key.episode}/${key.slot}`, timeless(SlotEvent.decode(payload)));
    }
    return new Map([...slots].sort(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    await log.close();
  }
}
