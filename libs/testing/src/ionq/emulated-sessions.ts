import { createRandom } from '@qloom/random/random.ts';
import { uuid } from './emulated-device.ts';
import { invalid, notFound } from './refusal.ts';

/** A session of the emulator. */
export interface EmulatedSession {
  readonly id: string;
  readonly backend: string;
  readonly createdMs: number;
  readonly jobLimit: number | undefined;
  readonly costLimit: { readonly unit: string; readonly value: number } | undefined;
  endedMs: number | undefined;
  /** Identifiers of its jobs, and what they are predicted to cost in all. Unit: USD. */
  readonly jobs: string[];
  cost: number;
}

/** The sessions of an emulator. */
export interface EmulatedSessions {
  readonly all: readonly EmulatedSession[];
  create(body: Readonly<Record<string, unknown>>): EmulatedSession;
  get(id: string): EmulatedSession;
  end(id: string): EmulatedSession;
  /** Throws {@link IonqRefusal} unless the session takes one more job of the backend. */
  requireOpen(id: string, backend: string): EmulatedSession;
  document(session: EmulatedSession): Readonly<Record<string, unknown>>;
}

/** Keeps sessions. */
export function createEmulatedSessions(now: () => number): EmulatedSessions {
  const sessions: EmulatedSession[] = [];
  const get = (id: string): EmulatedSession => {
    const session = sessions.find((one) => one.id === id);
    if (!session) throw notFound(`session ${id}`);
    return session;
  };
  const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    all: sessions,
    get,
    create(body) {
      const { backend, settings = {} } = body as {
        readonly backend?: unknown;
        readonly settings?: {
          readonly job_count_limit?: number;
          readonly cost_limit?: { readonly unit: string; readonly value: number };
        };
      };
      if (typeof backend !== 'string') throw invalid('"backend" is required');
      const { job_count_limit: jobLimit, cost_limit: costLimit } = settings;
      if (costLimit !== undefined && !(costLimit.value > 0)) throw invalid('"cost_limit.value" must be above 0');
      const id = uuid(createRandom(`ionq session ${sessions.length}`));
      const session = { id, backend, createdMs: now(), jobLimit, costLimit, endedMs: undefined, jobs: [], cost: 0 };
      sessions.push(session);
      return session;
    },
    end(id) {
      const session = get(id);
      session.endedMs ??= now();
      return session;
    },
    requireOpen(id, backend) {
      const session = get(id);
      if (session.endedMs !== undefined) throw invalid(`session ${id} has ended`);
      if (session.backend !== backend) throw invalid(`session ${id} is of ${session.backend}`);
      if (session.jobs.length >= (session.jobLimit ?? Number.POSITIVE_INFINITY)) throw invalid(`session ${id} is full`);
      return session;
    },
    document: ({ id, backend, createdMs, jobLimit, costLimit, endedMs, jobs }) => ({
      id,
      created_at: iso(createdMs),
      organization_id: 'emulated',
      backend,
      project_id: null,
      creator_id: null,
      ended_at: iso(endedMs),
      ender_id: null,
      settings: {
        ...(jobLimit === undefined ? {} : { job_count_limit: jobLimit }),
        ...(costLimit === undefined ? {} : { cost_limit: costLimit }),
      },
      active: endedMs === undefined,
      status: endedMs !== undefined ? 'ended' : jobs.length > 0 ? 'started' : 'created',
      started_at: jobs.length > 0 ? iso(createdMs) : null,
    }),
  };
}
