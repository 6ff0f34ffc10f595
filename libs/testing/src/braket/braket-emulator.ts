import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createRandom } from '@qloom/random/random.ts';
import { type BraketCalibration, type BraketDevice, deviceCapabilities } from './device-document.ts';
import { BraketRefusal, invalid } from './refusal.ts';
import { resultFiles } from './result-files.ts';
import { type Action, readAction } from './run-action.ts';

/** Settings of {@link startBraketEmulator}. */
export interface BraketEmulatorOptions {
  readonly device?: Partial<BraketDevice>;
  /** Milliseconds since the Unix epoch. Default: the machine's clock. */
  readonly now?: () => number;
  /** Time that a task waits, and that it runs. Unit: seconds. Default 0. */
  readonly queueSeconds?: number;
  readonly runSeconds?: number;
  /** Seed of samples. Default 1. */
  readonly seed?: number;
}

/** A task that the emulator accepted. */
interface EmulatedTask {
  readonly arn: string;
  readonly clientToken: string;
  readonly action: Action;
  readonly shots: number;
  readonly bucket: string;
  readonly directory: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  endedAtMs: number | undefined;
  status: 'QUEUED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  failureReason: string | undefined;
  /** When its turn came; undefined while the queue is held. */
  queuedFromMs: number | undefined;
}

/** A server that speaks Braket's REST API and as much of S3 as its clients need, with one device that simulates. */
export interface BraketEmulator {
  /** Address of both services. */
  readonly url: string;
  readonly device: BraketDevice;
  readonly tasks: readonly EmulatedTask[];
  /** The next task is accepted and its reply is lost. */
  loseNextReply(): void;
  /** The next creation is refused with ThrottlingException and Retry-After. */
  throttleNext(retryAfterSeconds: number): void;
  /** The next task that is accepted fails. */
  failNext(reason: string): void;
  /** Tasks stay in the queue while it is held. */
  holdQueue(isHeld: boolean): void;
  /** Takes the device offline, or back. */
  setOnline(isOnline: boolean): void;
  /** Calibrates the device again, with other fidelities. */
  calibrate(): void;
  stop(): Promise<void>;
}

const DEVICE: BraketDevice = {
  arn: 'arn:aws:braket:eu-north-1::device/qpu/iqm/Emulated',
  name: 'Emulated',
  qubits: 6,
  coupling: [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 5],
  ],
  shotsRange: [1, 20_000],
  pricePerShot: 0.00145,
  programSets: { maximumExecutables: 100, maximumTotalShots: 200_000 },
  nativeGates: ['cz', 'prx'],
};

/** Starts an emulator on a free port of this machine. */
export async function startBraketEmulator(options: BraketEmulatorOptions = {}): Promise<BraketEmulator> {
  const { now = Date.now, queueSeconds = 0, runSeconds = 0, seed = 1 } = options;
  const device = { ...DEVICE, ...options.device };
  const tasks: EmulatedTask[] = [];
  const objects = new Map<string, Buffer>();
  const faults = { lose: false, throttle: undefined as number | undefined, fail: undefined as string | undefined };
  const state = { isHeld: false, isOnline: true };
  let calibration: BraketCalibration = { timeMs: now(), oneQubit: 0.999, readout: 0.98, twoQubit: 0.993 };

  const advance = (task: EmulatedTask): EmulatedTask => {
    if (task.endedAtMs !== undefined) return task;
    if (task.queuedFromMs === undefined && !state.isHeld) task.queuedFromMs = now();
    if (task.queuedFromMs === undefined) return task;
    const startMs = task.queuedFromMs + 1000 * queueSeconds;
    const endMs = startMs + 1000 * runSeconds;
    if (now() >= startMs) task.status = 'RUNNING';
    if (now() < endMs) return task;
    task.endedAtMs = endMs;
    if (task.failureReason !== undefined) {
      task.status = 'FAILED';
      return task;
    }
    const measured = { ...task, deviceArn: device.arn, endedAtMs: endMs };
    const random = createRandom(`${seed} ${tasks.indexOf(task)}`);
    for (const [name, text] of resultFiles(measured, random)) {
      objects.set(`${task.bucket}/${task.directory}/${name}`, Buffer.from(text));
    }
    task.status = 'COMPLETED';
    return task;
  };
  const taskOf = (arn: string): EmulatedTask => {
    const task = tasks.find((one) => one.arn === arn);
    if (!task) throw new BraketRefusal(404, 'ResourceNotFoundException', `no quantum task ${arn}`);
    return advance(task);
  };
  const described = (task: EmulatedTask) => ({
    quantumTaskArn: task.arn,
    status: task.status,
    deviceArn: device.arn,
    shots: task.shots,
    outputS3Bucket: task.bucket,
    outputS3Directory: task.directory,
    createdAt: new Date(task.createdAtMs).toISOString(),
    ...(task.endedAtMs === undefined ? {} : { endedAt: new Date(task.endedAtMs).toISOString() }),
    tags: task.tags,
  });

  const create = (body: Record<string, unknown>): { quantumTaskArn: string } => {
    if (faults.throttle !== undefined) {
      const seconds = faults.throttle;
      faults.throttle = undefined;
      throw new BraketRefusal(429, 'ThrottlingException', 'Rate exceeded', seconds);
    }
    const clientToken = text(body, 'clientToken');
    const known = tasks.find((task) => task.clientToken === clientToken);
    if (known) return { quantumTaskArn: known.arn };
    if (text(body, 'deviceArn') !== device.arn) {
      throw new BraketRefusal(404, 'ResourceNotFoundException', `no device ${text(body, 'deviceArn')}`);
    }
    if (!state.isOnline) throw new BraketRefusal(424, 'DeviceOfflineException', `${device.name} is offline`);
    const shots = Number(body['shots']);
    const action = readAction(text(body, 'action'), shots, device);
    const id = createRandom(`${seed} ${clientToken}`)
      .fork('arn')
      .integer(2 ** 32);
    const task: EmulatedTask = {
      arn: `arn:aws:braket:eu-north-1:123456789012:quantum-task/${id.toString(16).padStart(8, '0')}-${tasks.length}`,
      clientToken,
      action,
      shots,
      bucket: text(body, 'outputS3Bucket'),
      directory: `${text(body, 'outputS3KeyPrefix')}/${id.toString(16)}-${tasks.length}`,
      tags: (body['tags'] as Record<string, string> | undefined) ?? {},
      createdAtMs: now(),
      endedAtMs: undefined,
      status: 'QUEUED',
      failureReason: faults.fail,
      queuedFromMs: state.isHeld ? undefined : now(),
    };
    faults.fail = undefined;
    tasks.push(task);
    return { quantumTaskArn: task.arn };
  };

  const position = (task: EmulatedTask) => tasks.filter((one) => one.status === 'QUEUED').indexOf(task) + 1;
  const getTask = (arn: string) => {
    const task = taskOf(arn);
    const queue = { queue: 'QUANTUM_TASKS_QUEUE', queuePriority: 'Normal' };
    return {
      ...described(task),
      deviceParameters: '{}',
      ...(task.status === 'FAILED' ? { failureReason: task.failureReason } : {}),
      ...(task.status === 'QUEUED' ? { queueInfo: { ...queue, position: String(position(task)) } } : {}),
    };
  };
  const cancel = (arn: string) => {
    const task = taskOf(arn);
    if (task.status !== 'QUEUED') {
      throw new BraketRefusal(409, 'ConflictException', `quantum task ${arn} is ${task.status}`);
    }
    task.status = 'CANCELLED';
    task.endedAtMs = now();
    return { quantumTaskArn: arn, cancellationStatus: 'CANCELLED' };
  };
  const summary = () => ({
    deviceArn: device.arn,
    deviceName: device.name,
    providerName: 'IQM',
    deviceType: 'QPU',
    deviceStatus: state.isOnline ? 'ONLINE' : 'OFFLINE',
  });
  const getDevice = () => ({
    ...summary(),
    deviceCapabilities: deviceCapabilities(device, calibration),
    deviceQueueInfo: [
      {
        queue: 'QUANTUM_TASKS_QUEUE',
        queueSize: String(tasks.filter((task) => advance(task).status === 'QUEUED').length),
        queuePriority: 'Normal',
      },
      { queue: 'QUANTUM_TASKS_QUEUE', queueSize: '0', queuePriority: 'Priority' },
      { queue: 'JOBS_QUEUE', queueSize: '0' },
    ],
  });
  const search = (body: Record<string, unknown>) => {
    const size = Number(body['maxResults'] ?? 10);
    const from = Number(body['nextToken'] ?? 0);
    const newest = tasks.map(advance).toReversed();
    const rest = from + size < newest.length ? { nextToken: String(from + size) } : {};
    return { quantumTasks: newest.slice(from, from + size).map(described), ...rest };
  };

  const answer = (method: string, path: string, body: () => Record<string, unknown>): unknown => {
    const task = /^\/quantum-task\/([^/]+)(\/cancel)?$/.exec(path);
    if (method === 'POST' && path === '/quantum-task') return create(body());
    if (method === 'GET' && task) return getTask(decodeURIComponent(task[1]));
    if (method === 'PUT' && task?.[2]) return cancel(decodeURIComponent(task[1]));
    if (method === 'GET' && path.startsWith('/device/')) {
      const arn = decodeURIComponent(path.slice('/device/'.length));
      if (arn !== device.arn) throw new BraketRefusal(404, 'ResourceNotFoundException', `no device ${arn}`);
      return getDevice();
    }
    if (method === 'POST' && path === '/quantum-tasks') return search(body());
    if (method === 'POST' && path === '/devices') return { devices: [summary()] };
    return undefined;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET' } = request;
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const bytes = await buffer(request);
    try {
      const result = answer(method, path, () => JSON.parse(bytes.toString()));
      if (result === undefined) {
        answerS3(objects, method, decodeURIComponent(path.slice(1)), bytes, response);
        return;
      }
      if (method === 'POST' && path === '/quantum-task' && faults.lose) {
        faults.lose = false;
        response.destroy();
        return;
      }
      response.writeHead(path === '/quantum-task' ? 201 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(result));
    } catch (error) {
      const refusal =
        error instanceof BraketRefusal ? error : new BraketRefusal(500, 'InternalServiceException', String(error));
      const wait = refusal.retryAfterSeconds;
      response.writeHead(refusal.status, {
        'content-type': 'application/json',
        'x-amzn-errortype': refusal.exception,
        ...(wait === undefined ? {} : { 'retry-after': String(wait) }),
      });
      response.end(JSON.stringify({ message: refusal.message }));
    }
  };

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    device,
    tasks,
    loseNextReply: () => void (faults.lose = true),
    throttleNext: (seconds) => void (faults.throttle = seconds),
    failNext: (reason) => void (faults.fail = reason),
    holdQueue: (isHeld) => void (state.isHeld = isHeld),
    setOnline: (isOnline) => void (state.isOnline = isOnline),
    calibrate() {
      calibration = { ...calibration, timeMs: now(), twoQubit: calibration.twoQubit - 0.001 };
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

function text(body: Record<string, unknown>, field: string): string {
  const value = body[field];
  if (typeof value !== 'string' || value === '') throw invalid(`${field} is missing`);
  return value;
}

/** GetObject, PutObject and HeadBucket with the bucket in the path. */
function answerS3(
  objects: Map<string, Buffer>,
  method: string,
  key: string,
  bytes: Buffer,
  response: ServerResponse,
): void {
  const found = objects.get(key);
  if (method === 'PUT') {
    objects.set(key, bytes);
    response.writeHead(200).end();
  } else if (method === 'HEAD') response.writeHead(200).end();
  else if (method === 'GET' && found) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': found.length }).end(found);
  } else {
    const code = method === 'GET' ? 'NoSuchKey' : 'NotImplemented';
    response.writeHead(method === 'GET' ? 404 : 501, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${key}</Message></Error>`);
  }
}
