import { VAE_GAN_SETTINGS, type VaeGanSettings } from '@qloom/tfjs/testing/vae-gan.ts';
import { type PolicyUpdateTimes, timePolicyUpdates } from './compiled/policy-updates.ts';
import { type ProviderTime, timeProviders } from './compiled/provider-steps.ts';
import { SMALL_NAME } from './compiled/small-fit.ts';
import { type SplitSteps, timeSplitSteps } from './compiled/split-steps.ts';
import { type StepTimes, timeSteps } from './compiled/step-times.ts';
import { timeTorch } from './compiled/torch-peer.ts';
import { timeFits } from './compiled/whole-fits.ts';
import type { Bench } from './harness/bench.ts';
import { checkKeys, select } from './harness/only.ts';
import { lessIsBetter, type Row } from './harness/row.ts';

const PARTS = ['steps', 'torch', 'providers', 'policy', 'split', 'fits'] as const;
/** Parts that exist once per setting. */
type StepPart = 'steps' | 'torch' | 'providers';

const isStepPart = (part: (typeof PARTS)[number]): part is StepPart =>
  part === 'steps' || part === 'torch' || part === 'providers';

/** Updates of the agent's policy that are timed. */
const POLICY_UPDATES = 100;

/** The length of a fit, and its limit of time. */
const FIT_STEPS = 1_500;
const FIT_LIMIT_S = 6;
/** The length of fits whose single steps are timed, how many of each way, and how many to warm up before. */
const TIMED_STEPS = 750;
const TIMED_FITS = 12;
const WARM_UP_FITS = 4;
/** Limit of a step's time for transport. Unit: milliseconds. */
const TRANSPORT_LIMIT_MS = 0.15;
/** Limit of a call's time outside onnxruntime at the setting of the smallest batch. Unit: milliseconds. */
const CALL_LIMIT_MS = 0.2;
const SMALL_BATCH = 32;
/** Limit of the time until the first step of a new signature is done. Unit: milliseconds. */
const FIRST_LIMIT_MS = 500;

/** Steps per round: enough for a stable median, few enough for the large setting. */
const countFor = ({ batch }: VaeGanSettings) => (batch > 100 ? 40 : 150);

/** Compiled training steps beside TensorFlow.js kernel by kernel and PyTorch, each on one thread; then steps and whole fits of the product. */
export const compiledBench: Bench = {
  description: 'compiled training steps beside eager ones and PyTorch, and whole fits',
  options: `part: ${PARTS.join(', ')}; --full: torch.compile too, a minute a setting`,
  parts({ only }) {
    checkKeys(only, ['part']);
    const settings = Object.keys(VAE_GAN_SETTINGS);
    return select(only, 'part', PARTS).flatMap((part) =>
      isStepPart(part) ? settings.map((name) => stepPart(part, name)) : [part],
    );
  },
  async *run(progress, { full }, wanted) {
    for (const [name, settings] of Object.entries(VAE_GAN_SETTINGS)) {
      const [own, torch] = [stepPart('steps', name), stepPart('torch', name)];
      if (!wanted.has(own) && !wanted.has(torch)) continue;
      progress(own);
      const times = await timeSteps(settings, countFor(settings));
      if (wanted.has(own)) yield { parts: [own], rows: ownRows(name, settings, times) };
      if (!wanted.has(torch)) continue;
      progress(torch);
      yield { parts: [torch], rows: await torchRows(name, settings, times, full) };
    }
    for (const [name, settings] of Object.entries(VAE_GAN_SETTINGS)) {
      const part = stepPart('providers', name);
      if (!wanted.has(part)) continue;
      progress(part);
      yield { parts: [part], rows: await providerRows(name, settings, full) };
    }
    if (wanted.has('policy')) {
      progress(`${POLICY_UPDATES} updates of the agent's policy`);
      yield { parts: ['policy'], rows: policyRows(await timePolicyUpdates(POLICY_UPDATES)) };
    }
    if (wanted.has('split')) {
      progress(
        `steps of fits in one process, in one graph and in two processes: ${TIMED_FITS} of ${TIMED_STEPS} steps`,
      );
      yield { parts: ['split'], rows: splitRows(await timeSplitSteps(TIMED_STEPS, TIMED_FITS, WARM_UP_FITS)) };
    }
    if (!wanted.has('fits')) return;
    progress(`fits of ${FIT_STEPS} steps`);
    yield { parts: ['fits'], rows: await fitRows() };
  },
};

const stepPart = (part: StepPart, setting: string): string => `${part}: ${setting}`;

const stepRow = (name: string, value: number) => ({
  bench: 'compiled',
  case: name,
  metric: 'a step, one thread',
  value,
  unit: 'ms',
});

function ownRows(name: string, { batch }: VaeGanSettings, { wasm, compiled, outside, first, stats }: StepTimes): Row[] {
  const note = `${stats.nodes} nodes, ${stats.inputs} inputs`;
  const metric = "a call, outside onnxruntime's";
  const limit = { peer: `limit of ${CALL_LIMIT_MS} ms`, peerValue: CALL_LIMIT_MS };
  return [
    lessIsBetter({ ...stepRow(name, compiled), peer: 'tfjs-wasm, tuned', peerValue: wasm, note }),
    ...(batch === SMALL_BATCH ? [lessIsBetter({ ...stepRow(name, outside), metric, ...limit })] : []),
    lessIsBetter({
      ...stepRow(name, first),
      metric: 'first step of a signature',
      peer: `limit of ${FIRST_LIMIT_MS} ms`,
      peerValue: FIRST_LIMIT_MS,
    }),
  ];
}

async function torchRows(name: string, settings: VaeGanSettings, times: StepTimes, full: boolean): Promise<Row[]> {
  const { version, eager, compiled, note } = await timeTorch(settings, countFor(settings), full);
  const torch = version === '' ? 'PyTorch' : `PyTorch ${version}`;
  const row = stepRow(name, times.compiled);
  const rows = [lessIsBetter({ ...row, peer: `${torch}, eager`, peerValue: eager, note })];
  if (full) rows.push(lessIsBetter({ ...row, peer: `${torch}, torch.compile`, peerValue: compiled, note }));
  return rows;
}

/** Compares every provider with the CPU at one thread, and CUDA with PyTorch on the same card. */
async function providerRows(name: string, settings: VaeGanSettings, full: boolean): Promise<Row[]> {
  const [cpu, ...others] = await timeProviders(settings, countFor(settings));
  const row = ({ provider, step, note }: ProviderTime) => ({
    ...stepRow(name, step),
    metric: `a step on ${provider}`,
    note,
  });
  const rows = others.flatMap((time) => [
    lessIsBetter({ ...row(time), peer: 'the CPU, one thread', peerValue: cpu.step }),
    ...(Number.isNaN(time.step)
      ? []
      : [
          lessIsBetter({
            ...row(time),
            metric: `first step on ${time.provider}`,
            value: time.first,
            peer: 'the CPU, one thread',
            peerValue: cpu.first,
          }),
        ]),
  ]);
  const cuda = others.find(({ provider, step }) => provider === 'cuda' && Number.isFinite(step));
  if (!cuda) return rows;
  const { version, eager, compiled, note } = await timeTorch(settings, countFor(settings), full, 'cuda');
  const torch = `PyTorch ${version} on CUDA`;
  rows.push(lessIsBetter({ ...row(cuda), peer: `${torch}, eager`, peerValue: eager, note }));
  if (full) rows.push(lessIsBetter({ ...row(cuda), peer: `${torch}, torch.compile`, peerValue: compiled, note }));
  return rows;
}

function policyRows({ compiled, eager, first, parameters }: PolicyUpdateTimes): Row[] {
  const row = { bench: 'compiled', case: "an update of the agent's policy", unit: 'ms' };
  const note = `${parameters} hyperparameters`;
  return [
    lessIsBetter({ ...row, metric: 'an update', value: compiled, peer: 'tfjs-wasm, tuned', peerValue: eager, note }),
    lessIsBetter({
      ...row,
      metric: 'the first of a space',
      value: first,
      peer: `limit of ${FIRST_LIMIT_MS} ms`,
      peerValue: FIRST_LIMIT_MS,
    }),
  ];
}

/** Milliseconds to two places, for a note. */
const ms = (value: number) => `${value.toFixed(2)} ms`;

function splitRows({ alone, joint, split, parts, serialization, floor }: SplitSteps): Row[] {
  const { exchange, judging, late, transport, waiting } = parts;
  const row = { bench: 'compiled', case: `a step of a long fit, ${SMALL_NAME}`, unit: 'ms' };
  const step = { ...row, metric: 'generator and critic in two processes', value: split };
  const carried = { ...row, metric: 'transport of its exchange', value: transport };
  const made = `exchange ${ms(exchange)}: the critic judges ${ms(judging)}, and ends its last update ${ms(late)}`;
  return [
    lessIsBetter({ ...step, peer: 'both in one process', peerValue: alone }),
    lessIsBetter({
      ...step,
      peer: 'both in one graph',
      peerValue: joint,
      note: `waiting for the critic ${ms(waiting)}`,
    }),
    lessIsBetter({ ...carried, peer: `limit of ${TRANSPORT_LIMIT_MS} ms`, peerValue: TRANSPORT_LIMIT_MS, note: made }),
    lessIsBetter({
      ...carried,
      peer: 'a bare unix socket, as busy ends',
      peerValue: floor,
      note: `messages to bytes and back ${ms(serialization)}`,
    }),
  ];
}

async function fitRows(): Promise<Row[]> {
  const { alone, split, splitEager } = await timeFits(FIT_STEPS);
  const row = { bench: 'compiled', case: `a fit of ${FIT_STEPS} steps, ${SMALL_NAME}`, unit: 's' };
  const through = { ...row, metric: 'generator and critic in two processes', value: split };
  return [
    lessIsBetter({ ...through, peer: `limit of ${FIT_LIMIT_S} s`, peerValue: FIT_LIMIT_S }),
    lessIsBetter({ ...through, peer: 'the same, eager', peerValue: splitEager }),
    lessIsBetter({ ...through, peer: 'both in one process', peerValue: alone }),
  ];
}
