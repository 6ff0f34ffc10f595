import { setImmediate as breathe } from 'node:timers/promises';
import type {
  CritiqueRequest,
  CritiqueResponse,
  CritiqueStep,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import type { CallContext } from '@qloom/service-kit/server/handlers.ts';
import { encodeNamedValues } from '@qloom/study-rpc/codec/named-values.ts';
import { decodeTensor, encodeBytes, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { refusePart } from '@qloom/study-rpc/requests/part-order.ts';
import { withSpan } from '@qloom/telemetry/spans.ts';
import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import type { AttemptClaim, AttemptRegistry } from '../domain/attempts.ts';
import { type CritiqueSession, openCritiqueSession } from '../domain/critic/critique-session.ts';
import { OBJECTIVES } from '../domain/critic/settings.ts';
import { InvalidPointsError, TooManyCriticsError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import { type OpeningMessages, readOpening } from './critique-opening.ts';

/** Dependencies shared by the critics of one process. */
export interface CritiqueDeps {
  readonly attempts: AttemptRegistry;
  /** Maximum number of concurrent critics. */
  readonly maxCritics: number;
  /** Compiled steps to train with. Absent: critics train eagerly. */
  readonly steps?: TrainingSteps;
}

type Responses = AsyncGenerator<CritiqueResponse, void>;

/** The handler of DiscriminatorService.Critique. */
export function critiqueHandler({ attempts, maxCritics, steps }: CritiqueDeps) {
  let critics = 0;
  return async function* critique(requests: MessageReader<CritiqueRequest>, { signal }: CallContext): Responses {
    if (critics >= maxCritics) {
      throw new TooManyCriticsError(
        `critique: ${critics} critics are open already; this process has at most ${maxCritics}`,
      );
    }
    critics++;
    try {
      const { open, opening } = await readOpening(requests);
      yield* serveCritic({ open, opening: { ...opening, steps } }, attempts, requests, signal);
    } finally {
      critics--;
    }
  };
}

async function* serveCritic(
  { open, opening }: OpeningMessages,
  attempts: AttemptRegistry,
  requests: MessageReader<CritiqueRequest>,
  signal: AbortSignal,
): Responses {
  const claim = attempts.claim(open, open.attempt);
  const session = openCritiqueSession(opening);
  const ended = Promise.withResolvers<void>();
  const span = withSpan('critique', { study: open.study, episode: open.episode }, () => ended.promise);
  span.catch(() => undefined);
  try {
    yield { part: { $case: 'opened', value: { nextIndex: session.nextIndex, objectives: [...OBJECTIVES] } } };
    yield* exchange(session, opening.training.features, requests, signal, claim);
    ended.resolve();
  } catch (error) {
    ended.reject(error);
    throw error;
  } finally {
    session.close();
    // If the client leaves, the async generator returns here.
    ended.resolve();
  }
}

async function* exchange(
  session: CritiqueSession,
  features: number,
  requests: MessageReader<CritiqueRequest>,
  signal: AbortSignal,
  claim: AttemptClaim,
): Responses {
  for (;;) {
    const coming = requests.receive();
    coming.catch(() => undefined);
    // The last answer is sent first: the critic is updated while the generator back-propagates. One update at a time,
    // so that other streams take turns, and a probe or a cancellation waits for one at most.
    await breathe();
    while (!signal.aborted && (await session.advance())) await breathe();
    const request = await coming;
    if (request === undefined) return;
    claim.require();
    const { part } = request;
    switch (part?.$case) {
      case 'step':
        yield { part: { $case: 'stepResult', value: await answer(session, features, part.value) } };
        break;
      case 'checkpoint':
        for (const value of encodeBytes((await session.checkpoint()).bytes))
          yield { part: { $case: 'checkpointChunk', value } };
        break;
      case 'close': {
        const { steps, summary } = session.close();
        yield { part: { $case: 'closed', value: { steps, summary: encodeNamedValues(summary) } } };
        return;
      }
      default:
        refusePart(part?.$case ?? 'part', part ? 'is out of order' : 'is not set', 'step, checkpoint or close');
    }
  }
}

async function answer(session: CritiqueSession, features: number, message: CritiqueStep) {
  const { index, update, wantGradient } = message;
  const x = decodeTensor(message.x, { dtype: 'float32', shape: [null, features], field: 'step.x' });
  const count = x.length / features;
  if (count > LIMITS.batch || x.length > LIMITS.batch_numbers) {
    throw new InvalidPointsError(
      `step.x: ${count} points of ${features} features; at most ${LIMITS.batch} points and ${LIMITS.batch_numbers} numbers are expected`,
    );
  }
  const classes = decodeTensor(message.classes, { dtype: 'int32', shape: [count], field: 'step.classes' });
  const { logits, losses, gradient } = await session.step({ index, x, classes, update, wantGradient });
  return {
    index,
    logits: encodeTensor(logits),
    losses: encodeNamedValues(losses),
    gradient: gradient && encodeTensor(gradient, [count, features]),
  };
}
