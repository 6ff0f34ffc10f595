import { CircuitError } from '@qloom/quantum/errors.ts';
import type { BackendDescription, ExperimentBackend, Job, JobResult, JobStatus, Price } from '../backend/backend.ts';
import { JobRefusedError, NotAcceptedError } from '../backend/errors.ts';
import { exactQuote, jobCost } from '../backend/job-cost.ts';
import { requireWithin } from '../backend/require-within.ts';
import { type AwsClients, type AwsSettings, loadAwsClients } from './aws-clients.ts';
import { submissionError } from './aws-errors.ts';
import { braketAction } from './braket-program.ts';
import { countsOf, readExecutables } from './braket-results.ts';
import {
  calibrationOf,
  couplingOf,
  type DeviceCapabilities,
  limitsOf,
  priceOf,
  programSetLimits,
} from './device-description.ts';

/** Settings of a device of Amazon Braket. */
export interface BraketSettings extends AwsSettings {
  readonly name: string;
  readonly deviceArn: string;
  /** Bucket and folder for the results of tasks. */
  readonly bucket: string;
  readonly prefix: string;
  /** Price of a task in USD, which Braket does not tell. */
  readonly perTask: number;
}

/** Tag that holds the token of a job, by which it is found again: client tokens cannot be searched. */
const TOKEN_TAG = 'qloom-token';

/** A device's description and what it was read from. */
interface Known {
  readonly description: BackendDescription;
  readonly capabilities: DeviceCapabilities;
}

/** Opens a device of Amazon Braket; nothing is loaded or connected before the first call. */
export function createBraketBackend(settings: BraketSettings): ExperimentBackend {
  const { name, deviceArn } = settings;
  let loading: Promise<AwsClients> | undefined;
  let known: Known | undefined;
  const clients = () => (loading ??= loadAwsClients(settings));

  const ask = async (abortSignal: AbortSignal): Promise<Known> => {
    const { braket, commands } = await clients();
    const device = await braket.send(new commands.GetDeviceCommand({ deviceArn }), { abortSignal });
    const capabilities = JSON.parse(String(device.deviceCapabilities)) as DeviceCapabilities;
    const online = device.deviceStatus === 'ONLINE';
    const queue = device.deviceQueueInfo?.find(
      (one) => one.queue === 'QUANTUM_TASKS_QUEUE' && one.queuePriority !== 'Priority',
    );
    const calibration = calibrationOf(capabilities);
    const description: BackendDescription = {
      online,
      reason: online ? '' : `the device is ${String(device.deviceStatus).toLowerCase()}`,
      qubits: capabilities.paradigm.qubitCount,
      basisGates: (capabilities.paradigm.nativeGateSet ?? []).map((gate) => gate.toLowerCase()),
      coupling: couplingOf(capabilities),
      limits: limitsOf(capabilities),
      price: priceOf(capabilities, settings.perTask),
      // A long queue is given as ">4000".
      pendingJobs: Number(String(queue?.queueSize ?? '0').replace(/\D/g, '')) || 0,
      ...(calibration ? { calibration } : {}),
    };
    known = { description, capabilities };
    return known;
  };
  const latest = async (signal: AbortSignal): Promise<Known> => known ?? ask(signal);
  const seconds = ({ perSecond }: Price, shots: number): number => (perSecond > 0 ? shots * SHOT_SECONDS : 0);

  const getTask = async (id: string, abortSignal: AbortSignal) => {
    const { braket, commands } = await clients();
    return braket.send(new commands.GetQuantumTaskCommand({ quantumTaskArn: id }), { abortSignal });
  };

  return {
    name,
    provider: 'braket',
    simulated: false,
    submission: { isIdempotent: true, settleMs: 0 },
    pollMs: 1000,
    describe: async (signal) => (await ask(signal)).description,

    async quote({ executions }, { price }) {
      const shots = executions.reduce((sum, one) => sum + one.shots, 0);
      const time = seconds(price, shots);
      return exactQuote(jobCost(price, executions, time), time);
    },

    async submit(job, abortSignal) {
      const { description, capabilities } = await latest(abortSignal).catch((error: unknown) => {
        const known = submissionError(name, error);
        if (known !== error || abortSignal.aborted) throw known;
        // Only the device was asked for: nothing can have been accepted.
        throw new NotAcceptedError(`backend ${name}: ${String(error)}`, undefined, { cause: error });
      });
      // The device's compiler places circuits, so that couplings do not matter.
      const { qubits, limits } = description;
      requireWithin(job.executions, { backend: name, qubits, limits, coupling: [] });
      const { braket, commands } = await clients();
      const command = new commands.CreateQuantumTaskCommand({
        action: actionText(job, capabilities, name),
        clientToken: job.token,
        deviceArn,
        shots: job.executions.reduce((sum, one) => sum + one.shots, 0),
        outputS3Bucket: settings.bucket,
        outputS3KeyPrefix: settings.prefix,
        tags: { [TOKEN_TAG]: job.token },
      });
      try {
        const { quantumTaskArn } = await braket.send(command, { abortSignal });
        return String(quantumTaskArn);
      } catch (error) {
        throw submissionError(name, error);
      }
    },

    async find(token, abortSignal) {
      const { braket, commands } = await clients();
      const filters = [{ name: 'deviceArn', operator: 'EQUAL' as const, values: [deviceArn] }];
      let nextToken: string | undefined;
      do {
        const command = new commands.SearchQuantumTasksCommand({ filters, maxResults: 100, nextToken });
        const page = await braket.send(command, { abortSignal });
        const task = page.quantumTasks?.find(({ tags }) => tags?.[TOKEN_TAG] === token);
        if (task) return task.quantumTaskArn;
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return undefined;
    },

    async status(id, signal): Promise<JobStatus> {
      const task = await getTask(id, signal);
      const reason = task.failureReason ?? '';
      switch (task.status) {
        case 'COMPLETED': {
          const { price } = (await latest(signal)).description;
          const shots = Number(task.shots);
          return {
            state: 'completed',
            cost: price.perJob + price.perShot * shots + price.perSecond * seconds(price, shots),
          };
        }
        // Tasks that fail or are cancelled before they run are not charged.
        case 'FAILED':
          return { state: 'failed', cost: 0, reason: reason || 'Braket gave no reason' };
        case 'CANCELLED':
          return { state: 'cancelled', cost: 0, reason: reason || 'cancelled' };
        case 'RUNNING':
        case 'CANCELLING':
          return { state: 'running' };
        default: {
          const position = Number(task.queueInfo?.position);
          return { state: 'queued', ...(Number.isInteger(position) ? { position } : {}) };
        }
      }
    },

    async results(id, job, signal): Promise<JobResult> {
      const task = await getTask(id, signal);
      const { s3, commands } = await clients();
      const read = async (key: string): Promise<string> => {
        const command = new commands.GetObjectCommand({
          Bucket: task.outputS3Bucket,
          Key: `${task.outputS3Directory}/${key}`,
        });
        const { Body } = await s3.send(command, { abortSignal: signal });
        return String(await Body?.transformToString());
      };
      const executables = await readExecutables(read);
      const { places } = braketAction(job.executions, true);
      return {
        counts: job.executions.map((execution, i) => {
          const { program, row, qubits } = places[i];
          return countsOf(executables[program]?.[row] ?? {}, execution, qubits);
        }),
        calibration: (await latest(signal)).description.calibration?.id ?? '',
        timeMs: (task.endedAt ?? task.createdAt ?? new Date(0)).getTime(),
      };
    },

    async cancel(id, abortSignal) {
      const { braket, commands } = await clients();
      try {
        const command = new commands.CancelQuantumTaskCommand({ quantumTaskArn: id, clientToken: cancelToken(id) });
        await braket.send(command, { abortSignal });
      } catch (error) {
        // The task has ended, or is being cancelled.
        if ((error as Error).name !== 'ConflictException') throw error;
      }
    },

    async close() {
      if (loading) (await loading).close();
    },
  };
}

/** Time of one shot on a device that is paid by time, a rough figure. Unit: seconds. */
const SHOT_SECONDS = 1e-3;

/** The same for each attempt to cancel one task. */
const cancelToken = (id: string): string => `cancel-${id.slice(-40).replace(/[^\w-]/g, '-')}`;

function actionText(job: Job, capabilities: DeviceCapabilities, name: string): string {
  try {
    return braketAction(job.executions, programSetLimits(capabilities) !== undefined).text;
  } catch (error) {
    if (error instanceof CircuitError) throw new JobRefusedError(`backend ${name}: ${error.message}`, { cause: error });
    throw error;
  }
}
