import { createHash } from 'node:crypto';
import {
  AgentServiceService,
  type CreateStudyRequest,
  Study,
  StudyRecord,
  StudyState,
} from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { ArtifactRef } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { type RunningServer, startServer } from '@qloom/service-kit/server/server.ts';
import type { TlsFiles } from '@qloom/service-kit/tls/certificates.ts';
import { serverCredentials } from '@qloom/service-kit/tls/credentials.ts';
import { watchCertificates } from '@qloom/service-kit/tls/tls-config.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import { createMemoryLog } from '@qloom/testing/test-server.ts';
import { finishedStudy } from './finished-study.ts';

/** How the stand-in is reached, and whether it is an implementation without events. */
export interface ServeAgentOptions {
  readonly files?: TlsFiles;
  readonly tokens?: () => readonly Buffer[];
  readonly withoutEvents?: boolean;
}

/** An agent that stores what it is sent and plays studies whose states a test sets. */
export interface ServedAgent {
  readonly target: string;
  readonly studies: Map<string, Study>;
  readonly created: CreateStudyRequest[];
  /** Rows of each data set that was put. */
  readonly datasets: number[];
  /** Ids of studies that are watched and wait for {@link end}. */
  readonly watched: Promise<string>;
  /** Ends a study that is watched. */
  end(id: string, state: StudyState, message?: string): void;
  /** The references of a finished study. */
  finished(): Pick<Study, 'result' | 'synthetic'>;
  stop(): Promise<void>;
}

/** Serves it on a free port of loopback. */
export async function serveAgent({
  files = {},
  tokens,
  withoutEvents = false,
}: ServeAgentOptions = {}): Promise<ServedAgent> {
  const studies = new Map<string, Study>();
  const artifacts = new Map<string, Uint8Array>();
  const [created, datasets] = [[] as CreateStudyRequest[], [] as number[]];
  const watching = Promise.withResolvers<string>();
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const put = (bytes: Uint8Array, mediaType: string): ArtifactRef => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    artifacts.set(sha256, bytes);
    return { sha256, sizeBytes: bytes.length, mediaType };
  };
  const named = (id: string): Study => {
    const study = studies.get(id);
    if (study === undefined) throw new DomainError('not-found', `study ${id}: there is none of that id`);
    return study;
  };
  const binding = bindService(AgentServiceService, {
    getCapabilities: () => ({ capabilities: undefined, space: [] }),
    async createStudy(request) {
      created.push(request);
      if (studies.has(request.id)) throw new DomainError('already-exists', 'exists with other settings');
      const study = Study.fromPartial({ id: request.id, state: StudyState.PREPARING, settings: request.settings });
      studies.set(request.id, study);
      return { study };
    },
    async *watchStudy({ id }, { signal }) {
      yield { study: named(id), event: undefined };
      const end = Promise.withResolvers<void>();
      ends.set(id, end);
      watching.resolve(id);
      signal.addEventListener('abort', () => end.resolve(), { once: true });
      await end.promise;
      signal.throwIfAborted();
      yield { study: named(id), event: undefined };
    },
    async *getArtifact({ sha256 }) {
      for (const chunk of encodeBytes(artifacts.get(sha256) ?? new Uint8Array())) yield { chunk };
    },
    async putDataset(requests) {
      let rows = 0;
      for await (const { part } of requests) {
        if (part?.$case === 'points' || part?.$case === 'unlabelled') rows += part.value.x?.shape[0] ?? 0;
      }
      datasets.push(rows);
      const dataset = put(Buffer.from(`data set ${datasets.length}`), 'application/x-qloom-points');
      return { dataset, rows, features: 0, classes: 0 };
    },
    getStudy: ({ id }) => ({ study: named(id) }),
    listStudies: () => ({ studies: [...studies.values()] }),
    cancelStudy: ({ id }) => {
      studies.set(id, { ...named(id), state: StudyState.CANCELLED });
      return { study: named(id) };
    },
    async *listStudyEvents({ id }) {
      if (withoutEvents) throw new DomainError('unsupported', 'there is no such method');
      const { settings } = named(id);
      const studyFile = created.find((request) => request.id === id)?.studyFile;
      const value = StudyRecord.fromPartial({
        record: { $case: 'created', value: { settings, space: [], studyFile } },
      });
      const time = new Date(1_000);
      const event = { sequence: 1n, time, episode: undefined, slot: 'create', headers: {} };
      yield { event: { ...event, content: { $case: 'record' as const, value } } };
    },
  });
  const certificates = watchCertificates(files, { warn: () => {} });
  const server: RunningServer = await startServer({
    services: [binding],
    listen: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    log: createMemoryLog().log,
    credentials: certificates.current.identity && serverCredentials(certificates),
    tokens,
  });
  server.setReady(true);
  return {
    target: server.target,
    studies,
    created,
    datasets,
    watched: watching.promise,
    end(id, state, message = '') {
      studies.set(id, { ...named(id), state, message });
      ends.get(id)?.resolve();
    },
    finished: () => finishedStudy(put),
    async stop() {
      certificates.close();
      server.endStreams();
      await server.shutdown(50);
    },
  };
}
