import { randomUUID } from 'node:crypto';
import { ERROR_CODES, IbmRefusal } from './refusal.ts';

/** A session or batch: jobs that run together. */
interface EmulatedSession {
  readonly id: string;
  readonly backend: string;
  readonly mode: string;
  readonly createdMs: number;
  readonly maxSeconds: number;
  accepting: boolean;
}

/** The sessions of the emulator. */
export interface EmulatedSessions {
  create(body: Readonly<Record<string, unknown>>, nowMs: number): Readonly<Record<string, unknown>>;
  /** The answer of `/sessions/{id}`. Throws {@link IbmRefusal} where there is none. */
  document(id: string, nowMs: number): Readonly<Record<string, unknown>>;
  /** Lets it accept no more jobs. */
  close(id: string): void;
  /** Throws {@link IbmRefusal} unless the session accepts a job for the backend. */
  checkOpen(id: string, backend: string, nowMs: number): void;
}

/** Starts without sessions. */
export function createEmulatedSessions(): EmulatedSessions {
  const sessions = new Map<string, EmulatedSession>();
  const find = (id: string): EmulatedSession => {
    const session = sessions.get(id);
    if (!session) throw new IbmRefusal(404, ERROR_CODES.jobNotFound, `Session ${id} not found.`);
    return session;
  };
  const isOpen = ({ accepting, createdMs, maxSeconds }: EmulatedSession, nowMs: number) =>
    accepting && nowMs < createdMs + 1000 * maxSeconds;
  const documentOf = (session: EmulatedSession, nowMs: number) => ({
    id: session.id,
    backend_name: session.backend,
    mode: session.mode,
    max_ttl: session.maxSeconds,
    accepting_jobs: isOpen(session, nowMs),
    state: isOpen(session, nowMs) ? 'open' : 'closed',
    created_at: new Date(session.createdMs).toISOString(),
  });
  return {
    create({ backend, mode, max_ttl: maxSeconds }, nowMs) {
      const session: EmulatedSession = {
        id: randomUUID(),
        backend: String(backend),
        mode: String(mode ?? 'dedicated'),
        createdMs: nowMs,
        maxSeconds: Number(maxSeconds ?? 28_800),
        accepting: true,
      };
      sessions.set(session.id, session);
      return documentOf(session, nowMs);
    },
    document: (id, nowMs) => documentOf(find(id), nowMs),
    close(id) {
      find(id).accepting = false;
    },
    checkOpen(id, backend, nowMs) {
      const session = find(id);
      if (!isOpen(session, nowMs)) {
        throw new IbmRefusal(400, ERROR_CODES.sessionClosed, `Session ${id} is closed.`, 'Open another session.');
      }
      if (session.backend !== backend) {
        throw new IbmRefusal(
          400,
          ERROR_CODES.invalidPayload,
          `Session ${id} is on ${session.backend}, not on ${backend}.`,
        );
      }
    },
  };
}
