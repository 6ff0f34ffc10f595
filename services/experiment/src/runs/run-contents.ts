import { createRandom } from '@qloom/random/random.ts';
import type { Job } from '../domain/backend/backend.ts';
import { type LedgerJob, type LedgerRun, tokenOf } from '../domain/ledger/ledger.ts';
import { loadRun, type RunArtifacts, type RunContent } from './stored-run.ts';

/** The contents of runs, each read from its artifacts once. */
export interface RunContents {
  /** Spares the reading. */
  set(run: string, content: RunContent): void;
  /** Rejects with the errors of the store. */
  of(run: LedgerRun): Promise<RunContent>;
  /** A job as it is submitted. Rejects with the errors of the store. */
  jobOf(run: LedgerRun, job: LedgerJob): Promise<Job>;
}

/** Holds no content yet; reads until `signal` aborts. */
export function createRunContents(artifacts: RunArtifacts, signal: AbortSignal): RunContents {
  const contents = new Map<string, Promise<RunContent>>();
  const contentOf = ({ accepted }: LedgerRun): Promise<RunContent> => {
    const known = contents.get(accepted.run) ?? loadRun(accepted, artifacts, signal);
    contents.set(accepted.run, known);
    known.catch(() => contents.delete(accepted.run));
    return known;
  };
  return {
    set: (run, content) => void contents.set(run, Promise.resolve(content)),
    of: contentOf,
    async jobOf(run, job) {
      const { planned, seed } = await contentOf(run);
      return {
        token: tokenOf(run, job.index),
        executions: planned[job.planned].map(({ execution }) => execution),
        maxCost: run.planned[job.planned].maxCost,
        seed: createRandom(seed).seedFor(job.planned),
      };
    },
  };
}
