import { Worker } from 'node:worker_threads';
import type { Assessment, Fidelity } from '../domain/assess/assess.ts';
import { AssessorLostError } from '../domain/errors.ts';
import { type AssessmentReply, fromMessage } from './messages.ts';

/** Assesses on its own thread, so that the event loop stays free for critics, probes and cancellations. */
export interface Assessor {
  /**
   * Assesses a sample, in the order of the calls. Rejects with the errors of `assess`, with the signal's reason when it
   * aborts, and with {@link AssessorLostError} if the thread died.
   */
  assess(assessment: Assessment, signal?: AbortSignal): Promise<Fidelity>;
  /** Ends the thread; waiting calls are rejected. */
  close(): Promise<void>;
}

/**
 * Size of the young generation: short-lived matrices do not need a large one, because large arrays are outside the
 * heap. Unit: MiB.
 */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 };

interface Pending {
  readonly resolve: (fidelity: Fidelity) => void;
  readonly reject: (error: unknown) => void;
}

/** Creates an assessor; its thread starts with the first sample, and again after it was lost. */
export function createAssessor(): Assessor {
  const pending = new Map<number, Pending>();
  let worker: Worker | undefined;
  let nextId = 0;
  let closed = false;

  const start = (): Worker => {
    const started = new Worker(new URL('./worker.ts', import.meta.url), { name: 'assessor', resourceLimits: LIMITS });
    const lost = (message: string) => {
      if (worker !== started) return;
      worker = undefined;
      for (const [id, { reject }] of pending) {
        pending.delete(id);
        reject(new AssessorLostError(message));
      }
    };
    started.on('message', (reply: AssessmentReply) => {
      const waiting = pending.get(reply.id);
      pending.delete(reply.id);
      if (pending.size === 0) started.unref();
      if ('fidelity' in reply) waiting?.resolve(reply.fidelity);
      else waiting?.reject(fromMessage(reply.error));
    });
    started.on('error', (error) =>
      lost(`the assessing thread failed: ${error instanceof Error ? error.message : error}`),
    );
    started.on('exit', (code) => lost(`the assessing thread exited with code ${code}`));
    return started;
  };

  return {
    assess(assessment, signal) {
      return new Promise((resolve, reject) => {
        if (closed) throw new AssessorLostError('the assessor is closed');
        signal?.throwIfAborted();
        const id = nextId++;
        const onAbort = () => {
          pending.delete(id);
          reject(signal?.reason);
        };
        const settled = () => signal?.removeEventListener('abort', onAbort);
        pending.set(id, {
          resolve: (fidelity) => {
            settled();
            resolve(fidelity);
          },
          reject: (error) => {
            settled();
            reject(error);
          },
        });
        signal?.addEventListener('abort', onAbort, { once: true });
        worker ??= start();
        worker.ref();
        worker.postMessage({ id, assessment });
      });
    },
    async close() {
      closed = true;
      const ending = worker;
      worker = undefined;
      for (const { reject } of pending.values()) reject(new AssessorLostError('the assessor is closed'));
      pending.clear();
      await ending?.terminate();
    },
  };
}
