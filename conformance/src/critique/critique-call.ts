import type {
  CritiqueClosed,
  CritiqueOpen,
  CritiqueOpened,
  CritiqueRequest,
  CritiqueResponse,
  CritiqueStep,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { BidiCall, OutgoingOptions } from '@qloom/service-kit/client/calls.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { encodeBytes, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import { CheckFailure, must } from '../check.ts';
import { receivedChunk, receivedTensor, requireNamedValues } from '../shared/received.ts';
import { FEATURES, pointsMessage, SMALL_DATA, smallPoints } from '../shared/small-points.ts';
import type { SuiteOptions } from '../suite.ts';

/** Client of a service that implements Critique. */
export interface CritiqueRemote {
  critique(options?: OutgoingOptions): BidiCall<CritiqueRequest, CritiqueResponse>;
}
export type CritiquePart = NonNullable<CritiqueRequest['part']>;
type AnswerPart = NonNullable<CritiqueResponse['part']>;

/** Real points that every critic of the checks is opened with, and the batch that it judges. */
export const TRAINING: Points = smallPoints(36);
export const BATCH: Points = smallPoints(8, 100);

/** What an opening may change. */
export interface OpenChanges extends Partial<CritiqueOpen> {
  /** A checkpoint from which to continue. */
  readonly resume?: Uint8Array;
  /** Other training points, in messages. */
  readonly training?: readonly LabelledPoints[];
}

/** A judgement, decoded and its shapes checked. */
export interface Judgement {
  /** [batch]. */
  readonly logits: Float32Array;
  readonly losses: ReadonlyMap<string, number>;
  /** [batch, features]; absent unless requested. */
  readonly gradient?: Float32Array;
}

/** One critic in lock-step. */
export interface Critic {
  readonly opened: CritiqueOpened;
  step(
    index: number,
    changes?: Partial<Pick<CritiqueStep, 'update' | 'wantGradient'>>,
    x?: Float32Array,
  ): Promise<Judgement>;
  /** Sends any part and waits for the answer. */
  ask(part: CritiquePart): Promise<AnswerPart | undefined>;
  checkpoint(): Promise<Uint8Array>;
  /** Closes and fails unless the stream then ends as OK. */
  close(): Promise<CritiqueClosed>;
  /** Cancels the critic's stream. */
  cancel(): void;
}

/** The parts up to start. */
export function openingParts(
  study: string,
  { resume, training = [pointsMessage(TRAINING)], ...changes }: OpenChanges = {},
): readonly CritiquePart[] {
  const open: CritiqueOpen = {
    study,
    episode: 0,
    fold: 0,
    attempt: 1,
    seed: 11,
    hyperparameters: [],
    objectiveWeights: [],
    data: SMALL_DATA,
    ...changes,
  };
  return [
    { $case: 'open', value: open },
    ...training.map((value): CritiquePart => ({ $case: 'training', value })),
    ...[...(resume === undefined ? [] : encodeBytes(resume))].map(
      (value): CritiquePart => ({ $case: 'resume', value }),
    ),
    { $case: 'start', value: {} },
  ];
}

/** A step over `x`, [batch, features]. */
export function stepPart(index: number, changes: Partial<CritiqueStep> = {}, x = BATCH.x): CritiquePart {
  const value = {
    index,
    x: encodeTensor(x, [x.length / FEATURES, FEATURES]),
    classes: encodeTensor(BATCH.y),
    update: true,
    wantGradient: true,
    ...changes,
  };
  return { $case: 'step', value };
}

/** Sends `parts` and waits for the one answer to the last of them. Rejects with the status of a call that ends instead. */
export async function askCritic(
  remote: CritiqueRemote,
  parts: readonly CritiquePart[],
  { deadlineMs }: Pick<SuiteOptions, 'deadlineMs'>,
): Promise<{ readonly call: BidiCall<CritiqueRequest, CritiqueResponse>; readonly answer: AnswerPart | undefined }> {
  const call = remote.critique({ deadlineMs });
  // A refusal may arrive before the last part is sent; the answer then has it.
  for (const part of parts.slice(0, -1)) await call.send({ part }).catch(() => {});
  const { part: answer } = await call.exchange({ part: parts.at(-1) });
  return { call, answer };
}

/** Opens a critic. */
export async function openCritic(
  remote: CritiqueRemote,
  options: SuiteOptions,
  changes: OpenChanges = {},
): Promise<Critic> {
  const { call, answer } = await askCritic(remote, openingParts(options.study, changes), options);
  must(answer?.$case === 'opened', `start was answered with ${answer?.$case}`, 'opened');
  const ask = async (part: CritiquePart) => (await call.exchange({ part })).part;
  return {
    opened: answer.value,
    ask,
    async step(index, changes = {}, x = BATCH.x) {
      const part = await ask(stepPart(index, changes, x));
      must(part?.$case === 'stepResult', `step was answered with ${part?.$case}`, 'step_result');
      const { value } = part;
      must(value.index === index, `step ${index} was answered with index ${value.index}`, 'the index of the step');
      const count = x.length / FEATURES;
      const shape = [count, FEATURES];
      const expected = { dtype: 'float32' as const, finite: true };
      return {
        logits: receivedTensor(value.logits, { ...expected, shape: [count], field: 'logits' }),
        losses: requireNamedValues(value.losses, 'losses'),
        gradient: value.gradient && receivedTensor(value.gradient, { ...expected, shape, field: 'gradient' }),
      };
    },
    async checkpoint() {
      const state = createByteAssembler('checkpoint');
      let part = await ask({ $case: 'checkpoint', value: {} });
      for (;;) {
        must(part?.$case === 'checkpointChunk', `checkpoint was answered with ${part?.$case}`, 'checkpoint_chunk');
        const { value } = part;
        receivedChunk(state, value, 'checkpoint_chunk');
        if (state.complete) return state.bytes();
        part = (await call.receive())?.part;
      }
    },
    async close() {
      const part = await ask({ $case: 'close', value: {} });
      must(part?.$case === 'closed', `close was answered with ${part?.$case}`, 'closed');
      const more = await call.receive();
      if (more !== undefined) throw new CheckFailure(`${more.part?.$case} came after closed`, 'the end of the stream');
      return part.value;
    },
    cancel: () => call.cancel(),
  };
}
