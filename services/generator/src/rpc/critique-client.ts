import type {
  CritiqueOpen,
  CritiqueRequest,
  CritiqueResponse,
  CritiqueStepResult,
  DiscriminatorServiceService,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { BidiCall } from '@qloom/service-kit/client/calls.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { isTransient } from '@qloom/service-kit/faults/faults.ts';
import type { CallContext } from '@qloom/service-kit/server/handlers.ts';
import { decodeNamedValues, encodeNamedValues } from '@qloom/study-rpc/codec/named-values.ts';
import { encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { decodeTensor, encodeBytes, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import type { Critic, CriticAnswer, CriticOpening, CriticStep, OpenCritic } from '../domain/critic.ts';
import { CriticLostError } from '../domain/errors.ts';
import { MAX_CHECKPOINT_BYTES } from './fit-request.ts';

/** A client of a discriminator, or of any service that implements its Critique stream. */
export type CritiqueRemote = Pick<Remote<typeof DiscriminatorServiceService>, 'critique' | 'target'>;

/** Options of the stream that the domain does not know. */
export type CritiqueIdentity = Pick<
  CritiqueOpen,
  'study' | 'episode' | 'fold' | 'attempt' | 'data' | 'hyperparameters'
>;

const FAREWELL_MS = 1_000;

type Call = BidiCall<CritiqueRequest, CritiqueResponse>;
type RequestPart = NonNullable<CritiqueRequest['part']>;
type ResponsePart = NonNullable<CritiqueResponse['part']>;
type ResponseValue<Case extends ResponsePart['$case']> = Extract<ResponsePart, { $case: Case }>['value'];

/** Opens critics over the Critique stream, one stream each. The deadline and cancellation of `parent` apply to them. */
export function createCritiqueClient(
  remote: CritiqueRemote,
  identity: CritiqueIdentity,
  parent: Pick<CallContext, 'signal' | 'deadlineMs'>,
): OpenCritic {
  return async (opening, signal) => {
    const call = remote.critique({ parent, signal });
    try {
      await call.sendAll(openingMessages(identity, opening));
      await exchange(call, { $case: 'start', value: {} }, 'opened');
    } catch (error) {
      call.cancel();
      throw criticError(error, remote.target);
    }
    return criticOver(call, remote.target, opening.training.features);
  };
}

function* openingMessages(identity: CritiqueIdentity, opening: CriticOpening): Generator<CritiqueRequest> {
  const { seed, weights, training, resume } = opening;
  const hyperparameters = identity.hyperparameters.filter(({ name }) => Object.hasOwn(opening.hyperparameters, name));
  const open: CritiqueOpen = { ...identity, hyperparameters, seed, objectiveWeights: encodeNamedValues(weights) };
  yield { part: { $case: 'open', value: open } };
  for (const value of encodePoints(training)) yield { part: { $case: 'training', value } };
  if (resume) for (const value of encodeBytes(resume)) yield { part: { $case: 'resume', value } };
}

function criticOver(call: Call, target: string, features: number): Critic {
  let idle = true;
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    idle = false;
    try {
      const result = await work();
      idle = true;
      return result;
    } catch (error) {
      throw criticError(error, target);
    }
  };
  return {
    step: (step) =>
      guarded(async () => {
        const result = await exchange(call, { $case: 'step', value: stepMessage(step) }, 'stepResult');
        return answerOf(result, step, features);
      }),
    checkpoint: () =>
      guarded(async () => {
        const state = createByteAssembler('critic checkpoint', MAX_CHECKPOINT_BYTES);
        state.add(await exchange(call, { $case: 'checkpoint', value: {} }, 'checkpointChunk'));
        while (!state.complete) state.add(expectPart(await call.receive(), 'checkpointChunk'));
        return state.bytes();
      }),
    async close() {
      if (idle) await farewell(call);
      call.cancel();
    },
  };
}

/** Closes the exchange gracefully if the peer is still available, and waits for it for at most a second. */
async function farewell(call: Call): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FAREWELL_MS);
  });
  const closed = exchange(call, { $case: 'close', value: {} }, 'closed').then(
    async () => {
      call.closeSend();
      // Waits for the end of the stream: cancelling before it would turn a successful exchange into a failed one.
      await call.receive().catch(() => undefined);
    },
    () => undefined,
  );
  await Promise.race([closed, late]);
  clearTimeout(timer);
}

function stepMessage({ index, x, classes, count, features, update, wantGradient }: CriticStep) {
  return {
    index,
    x: encodeTensor(x, [count, features]),
    classes: encodeTensor(classes),
    update,
    wantGradient,
  };
}

function answerOf(result: CritiqueStepResult, { index, count }: CriticStep, features: number): CriticAnswer {
  if (result.index !== index) {
    throw new DomainError('internal', `critic: answered step ${result.index}, asked was ${index}`);
  }
  const field = `critic step ${index}`;
  return {
    logits: decodeTensor(result.logits, { dtype: 'float32', shape: [count], field: `${field} logits` }),
    losses: decodeNamedValues(result.losses),
    ...(result.gradient
      ? { gradient: decodeTensor(result.gradient, { dtype: 'float32', shape: [count, features], field }) }
      : {}),
  };
}

async function exchange<Case extends ResponsePart['$case']>(
  call: Call,
  part: RequestPart,
  expected: Case,
): Promise<ResponseValue<Case>> {
  return expectPart(await call.exchange({ part }), expected);
}

function expectPart<Case extends ResponsePart['$case']>(
  response: CritiqueResponse | undefined,
  expected: Case,
): ResponseValue<Case> {
  if (response === undefined) throw new StreamEndedError();
  if (response.part?.$case === expected) return response.part.value as ResponseValue<Case>;
  throw new DomainError(
    'internal',
    `critic: answered ${response.part?.$case ?? 'nothing'}; right would be ${expected}`,
  );
}

/** The stream's reader throws a plain Error, without a status, if the connection was lost. */
class StreamEndedError extends Error {}

/**
 * Maps the unavailability of a critic to CriticLostError; refusals and divergence of the critic are passed on
 * unchanged.
 */
function criticError(error: unknown, target: string): unknown {
  if (!(error instanceof Error)) return error;
  const ended = error instanceof StreamEndedError || (error.name === 'Error' && !('code' in error));
  if (!ended && !isTransient(error)) return error;
  return new CriticLostError(`critic at ${target} is gone: ${error.message}`, { cause: error });
}
