import type { DriverDeps } from './driver-deps.ts';
import { StudyDriver } from './study-driver.ts';

/** A driver that someone holds. */
interface HeldDriver {
  readonly driver: StudyDriver;
  /** The driver of a study that nobody holds is stopped. */
  release(): void;
}

/** The drivers of the studies that this process works on, one for each. */
export interface Drivers {
  /** The driver of a study, opened where there is none. Rejects with the errors of the log. */
  hold(study: string): Promise<HeldDriver>;
  /** Stops all. */
  close(): Promise<void>;
}

interface Entry {
  readonly opened: Promise<StudyDriver>;
  holders: number;
}

/** Opens no driver yet. */
export function createDrivers(deps: DriverDeps): Drivers {
  const entries = new Map<string, Entry>();
  /** Drivers that stop, by study: another one is opened after that. */
  const stopping = new Map<string, Promise<void>>();

  const stop = (study: string, entry: Entry): Promise<void> => {
    if (entries.get(study) === entry) entries.delete(study);
    const stopped = entry.opened.then((driver) => driver.stop()).catch(() => {});
    stopping.set(study, stopped);
    return stopped.finally(() => {
      if (stopping.get(study) === stopped) stopping.delete(study);
    });
  };

  return {
    async hold(study) {
      const open = async (): Promise<StudyDriver> => {
        await stopping.get(study);
        return StudyDriver.open(study, deps);
      };
      const entry = entries.get(study) ?? { opened: open(), holders: 0 };
      entries.set(study, entry);
      entry.holders++;
      let isReleased = false;
      const release = (): void => {
        if (isReleased) return;
        isReleased = true;
        if (--entry.holders === 0) void stop(study, entry);
      };
      try {
        return { driver: await entry.opened, release };
      } catch (error) {
        release();
        throw error;
      }
    },
    async close() {
      await Promise.all([...entries].map(([study, entry]) => stop(study, entry)));
      await Promise.all(stopping.values());
    },
  };
}
