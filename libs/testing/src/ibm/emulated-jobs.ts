import type { DeviceCalibration, EmulatedDevice } from './emulated-device.ts';
import { calibrationAt } from './emulated-device.ts';
import type { SamplerPub } from './sampler-job.ts';

/** How a job will end other than by its results. */
export interface JobFailure {
  readonly reason: string;
  readonly code?: number;
  /** Share of its time that it runs before; a fault of the system charges nothing all the same. Default 0.5. */
  readonly after?: number;
  /** Default false: what ran is charged. */
  readonly systemError?: boolean;
}

/** A job as it was submitted. */
interface JobRequest {
  readonly id: string;
  readonly device: EmulatedDevice;
  readonly program: string;
  readonly params: unknown;
  readonly pubs: readonly SamplerPub[];
  readonly tags: readonly string[];
  readonly sessionId: string | undefined;
  /** Seconds after which the service cancels it; undefined: none. */
  readonly costLimit: number | undefined;
  readonly createdMs: number;
  /** Seconds that it runs and is charged for. */
  readonly seconds: number;
  readonly failure: JobFailure | undefined;
}

/** A job of the emulator. */
export interface EmulatedJob extends JobRequest {
  status: 'Queued' | 'Running' | 'Completed' | 'Failed' | 'Cancelled';
  tags: readonly string[];
  /** Why it failed or was cancelled. */
  reason?: string;
  reasonCode?: number;
  startedMs?: number;
  /** When it will have ended, once it runs; when it ended, after that. */
  endMs?: number;
  /** Seconds; final once the job has ended. */
  charged: number;
  /** The calibration that held when it started. */
  calibration?: DeviceCalibration;
}

/** The jobs of all devices; each device runs one job at a time, in the order of submission. */
export interface EmulatedJobs {
  readonly all: readonly EmulatedJob[];
  add(request: JobRequest): EmulatedJob;
  /** Lets all that happened until `nowMs` happen. */
  advance(nowMs: number): void;
  /** Cancels a job that has not ended; what ran is charged. Returns false where it has ended. */
  cancel(job: EmulatedJob, nowMs: number): boolean;
  remove(job: EmulatedJob): void;
  /** Jobs of a device that have not ended, the running one first. */
  pending(device: EmulatedDevice): EmulatedJob[];
}

/** Whether a job has ended. */
export const hasEnded = ({ status }: EmulatedJob): boolean => status !== 'Queued' && status !== 'Running';

/** Starts without jobs. `queueSeconds` is read at each step: the time that a job waits at least. */
export function createEmulatedJobs(settings: { readonly queueSeconds: number }): EmulatedJobs {
  const all: EmulatedJob[] = [];
  /** When the last job of a device ended. */
  const freeSince = new Map<EmulatedDevice, number>();
  const pending = (device: EmulatedDevice) => all.filter((job) => job.device === device && !hasEnded(job));

  const start = (job: EmulatedJob, atMs: number) => {
    job.status = 'Running';
    job.startedMs = atMs;
    job.calibration = calibrationAt(job.device, atMs);
    const planned = job.failure ? job.seconds * (job.failure.after ?? 0.5) : job.seconds;
    job.endMs = atMs + 1000 * Math.min(planned, job.costLimit ?? Infinity);
  };

  const finish = (job: EmulatedJob) => {
    const ran = ((job.endMs ?? 0) - (job.startedMs ?? 0)) / 1000;
    const { failure, costLimit } = job;
    freeSince.set(job.device, job.endMs ?? 0);
    job.charged = failure?.systemError ? 0 : ran;
    if (failure && ran < (costLimit ?? Infinity)) {
      job.status = 'Failed';
      job.reason = failure.reason;
      job.reasonCode = failure.code;
    } else if (costLimit !== undefined && job.seconds > costLimit) {
      job.status = 'Cancelled';
      job.reason = `Job ran longer than its maximum execution time of ${costLimit} seconds.`;
      job.reasonCode = 1305;
    } else job.status = 'Completed';
  };

  return {
    all,
    pending,
    add(request) {
      const job: EmulatedJob = { ...request, status: 'Queued', charged: 0 };
      all.push(job);
      return job;
    },
    advance(nowMs) {
      for (const device of new Set(all.map((job) => job.device))) {
        for (const job of pending(device)) {
          if (job.status === 'Queued') {
            const atMs = Math.max(job.createdMs + 1000 * settings.queueSeconds, freeSince.get(device) ?? 0);
            if (atMs > nowMs) break;
            start(job, atMs);
          }
          if ((job.endMs ?? Infinity) > nowMs) break;
          finish(job);
        }
      }
    },
    cancel(job, nowMs) {
      if (hasEnded(job)) return false;
      if (job.status === 'Running') {
        job.charged = (nowMs - (job.startedMs ?? nowMs)) / 1000;
        freeSince.set(job.device, nowMs);
      }
      job.endMs = nowMs;
      job.status = 'Cancelled';
      job.reason = 'Job was cancelled by the user.';
      return true;
    },
    remove(job) {
      all.splice(all.indexOf(job), 1);
    },
  };
}
