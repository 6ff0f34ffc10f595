import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerRequest } from './answer-request.ts';
import { createEmulatedDevice, driftCalibration, type EmulatedDevice } from './emulated-device.ts';
import { createEmulatedJobs, type EmulatedJob, type JobFailure } from './emulated-jobs.ts';
import { createEmulatedSessions } from './emulated-sessions.ts';
import type { EmulatorState, IbmSettings } from './emulator-state.ts';
import { createIbmFaults, type IbmFaults } from './faults.ts';
import { createIamTokens } from './iam-tokens.ts';

/** Settings of {@link startIbmEmulator}. */
export interface IbmEmulatorOptions {
  readonly settings?: Partial<IbmSettings>;
  /** Milliseconds since the Unix epoch. Default: the machine's clock. */
  readonly now?: () => number;
  /** Seed of samples, calibrations and jitter. Default 1. */
  readonly seed?: number;
  /** Called before each request is answered, for example to let the clock go on. */
  readonly onRequest?: (route: string) => void;
}

/** A server that speaks IAM and the REST API of Qiskit Runtime, with one device that simulates. */
export interface IbmEmulator {
  /** Address of the API without its path, and of IAM: `http://127.0.0.1:…`. */
  readonly url: string;
  readonly apiKey: string;
  readonly crn: string;
  readonly device: EmulatedDevice;
  readonly settings: IbmSettings;
  readonly faults: IbmFaults;
  readonly jobs: readonly EmulatedJob[];
  /** Requests by route, such as `POST /jobs`. */
  readonly requests: ReadonlyMap<string, number>;
  /** The next job that is accepted will end like this. */
  failNextJob(failure: JobFailure): void;
  /** Ends all bearer tokens now. */
  revokeTokens(): void;
  /** Number of bearer tokens that were issued. */
  readonly tokensIssued: number;
  /** How long bearer tokens last. Unit: seconds. */
  tokenSeconds: number;
  /** Calibrates the device again. */
  calibrate(): void;
  stop(): Promise<void>;
}

const DEFAULTS: IbmSettings = {
  queueSeconds: 0,
  overheadSeconds: 2,
  jitter: 0.05,
  noise: false,
  createsPerMinute: 5,
  maxPendingJobs: Infinity,
  status: 'active',
};

/** Starts an emulator on a free port of this machine. */
export async function startIbmEmulator(options: IbmEmulatorOptions = {}): Promise<IbmEmulator> {
  const { now = Date.now, seed = 1, onRequest } = options;
  const settings = { ...DEFAULTS, ...options.settings };
  const lifetime = { seconds: 3600 };
  const apiKey = 'emulated-api-key';
  const state: EmulatorState = {
    apiKey,
    crn: 'crn:v1:bluemix:public:quantum-computing:us-east:a/emulated:instance::',
    device: createEmulatedDevice('ibm_emulated', now() - 3_600_000, seed),
    settings,
    tokens: createIamTokens(apiKey, lifetime),
    jobs: createEmulatedJobs(settings),
    sessions: createEmulatedSessions(),
    faults: createIbmFaults(),
    creations: [],
    seed,
    nextFailure: undefined,
    now,
  };
  const requests = new Map<string, number>();
  const server = createServer((request, response) => {
    void answerRequest(state, request, response, (route) => {
      requests.set(route, (requests.get(route) ?? 0) + 1);
      onRequest?.(route);
    });
  });
  // Longer than a test blocks its event loop by a simulation.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    apiKey,
    crn: state.crn,
    device: state.device,
    settings,
    faults: state.faults,
    jobs: state.jobs.all,
    requests,
    failNextJob(failure) {
      state.nextFailure = failure;
    },
    revokeTokens: () => state.tokens.revoke(),
    get tokensIssued() {
      return state.tokens.issued;
    },
    get tokenSeconds() {
      return lifetime.seconds;
    },
    set tokenSeconds(seconds) {
      lifetime.seconds = seconds;
    },
    calibrate: () => driftCalibration(state.device, now()),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
