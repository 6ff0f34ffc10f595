import {
  type CritiqueResponse,
  type CritiqueStep,
  DiscriminatorServiceService,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { decodeTensor, encodeBytes, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';

/** Faults of a toy critic. */
export type CriticFault =
  | 'gradient of the sum'
  | 'ignores weights'
  | 'learns unasked'
  | 'accepts repeats'
  | 'forgets'
  | 'gradient unasked';

const OPENING = [
  ['open', 'once'],
  ['training', 'some'],
  ['resume', 'any'],
  ['start', 'once'],
] as const;

type Answer = NonNullable<CritiqueResponse['part']>;

/** A linear critic, logit = w·x, whose adversarial loss is the mean of softplus(−w·x), with or without one fault. No Assess. */
export function toyDiscriminator(fault?: CriticFault): ServiceBinding {
  const attempts = new Map<string, number>();
  return bindService(DiscriminatorServiceService, {
    getCapabilities: () => ({
      capabilities: { service: 'toy', version: '1.0.0', engines: [], limits: [], hyperparameters: [] },
    }),
    async *critique(requests): AsyncGenerator<CritiqueResponse> {
      const training = createPointsCollector('training');
      const resume = createByteAssembler('resume');
      const { open } = await readParts(requests, OPENING, { training: training.add, resume: resume.add }, 'start');
      const { study, episode, fold, attempt, seed, objectiveWeights } = open;
      const key = `${study} ${episode} ${fold}`;
      if (attempt < (attempts.get(key) ?? 0)) throw new DomainError('precondition', 'a stale attempt');
      attempts.set(key, attempt);
      const weight = objectiveWeights.find(({ name }) => name === 'adversarial')?.value ?? 0;
      const { features } = training.points();
      const critic = new LinearCritic(features, fault, fault === 'ignores weights' ? 1 : weight, seed);
      if (resume.started) critic.restore(resume.bytes());
      yield { part: { $case: 'opened', value: { nextIndex: critic.next, objectives: ['adversarial'] } } };
      for await (const { part } of requests) {
        if (part?.$case === 'step') yield { part: critic.step(part.value) };
        else if (part?.$case === 'checkpoint') {
          for (const value of encodeBytes(critic.state())) yield { part: { $case: 'checkpointChunk', value } };
        } else if (part?.$case === 'close') {
          yield { part: { $case: 'closed', value: { steps: critic.steps, summary: [] } } };
          return;
        } else throw new DomainError('invalid', `${part?.$case ?? 'nothing'} came`);
      }
    },
    assess: () => {
      throw new DomainError('unsupported', 'Assess is not offered');
    },
  });
}

class LinearCritic {
  next = 0;
  steps = 0;
  readonly #fault: CriticFault | undefined;
  readonly #objectiveWeight: number;
  readonly #w: Float64Array;
  readonly #seed: number;

  constructor(features: number, fault: CriticFault | undefined, objectiveWeight: number, seed: number) {
    this.#seed = seed;
    this.#fault = fault;
    this.#objectiveWeight = objectiveWeight;
    this.#w = Float64Array.from({ length: features }, (_, i) => 0.5 - 0.3 * i);
  }

  step(message: CritiqueStep): Answer {
    const { index, update, wantGradient } = message;
    const repeat = this.#fault === 'accepts repeats' && index < this.next;
    if (index !== this.next && !repeat) throw new DomainError('precondition', `index ${index} is not ${this.next}`);
    const features = this.#w.length;
    const x = decodeTensor(message.x, { dtype: 'float32', shape: [null, features], finite: true, field: 'step.x' });
    const count = x.length / features;
    decodeTensor(message.classes, { dtype: 'int32', shape: [count], field: 'step.classes' });
    const logits = Float32Array.from({ length: count }, (_, row) =>
      this.#w.reduce((sum, w, j) => sum + w * x[row * features + j], 0),
    );
    const adversarial = logits.reduce((sum, logit) => sum + Math.log1p(Math.exp(-logit)), 0) / count;
    const scale = this.#objectiveWeight / (this.#fault === 'gradient of the sum' ? 1 : count);
    const gradient = x.map(
      (_, i) => (-scale * this.#w[i % features]) / (1 + Math.exp(logits[Math.floor(i / features)])),
    );
    if (update || this.#fault === 'learns unasked') this.#w.set(this.#w.map((w, j) => w - 0.01 * x[j]));
    this.next = index + 1;
    this.steps++;
    const wanted = wantGradient || this.#fault === 'gradient unasked';
    return {
      $case: 'stepResult',
      value: {
        index,
        logits: encodeTensor(logits),
        losses: [{ name: 'adversarial', value: adversarial }],
        gradient: wanted ? encodeTensor(gradient, [count, features]) : undefined,
      },
    };
  }

  state(): Uint8Array {
    return Buffer.from(JSON.stringify({ next: this.next, seed: this.#seed, w: [...this.#w] }));
  }

  restore(bytes: Uint8Array): void {
    const text = new TextDecoder().decode(bytes);
    if (!text.startsWith('{')) throw new DomainError('precondition', 'no checkpoint');
    const { next, seed, w } = JSON.parse(text);
    if (seed !== this.#seed) throw new DomainError('precondition', 'a checkpoint of another critic');
    this.next = next;
    if (this.#fault !== 'forgets') this.#w.set(w);
  }
}
