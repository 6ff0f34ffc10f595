import type { CritiqueResponse, CritiqueStep } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { DomainError, ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { decodeTensor, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';

/** Settings of a {@link LinearCritic}. */
export interface CriticOptions {
  readonly training: Points;
  readonly seed: number;
  readonly rate: number;
  /** Weight of the objective "adversarial". */
  readonly weight: number;
}

const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

/** Logistic regression of real against synthetic points: logit = w·x + b. Its objective is the mean of softplus(−logit). */
export class LinearCritic {
  next = 0;
  steps = 0;
  readonly #options: CriticOptions;
  /** w, and b last. */
  #w: number[];

  constructor(options: CriticOptions) {
    this.#options = options;
    this.#w = Array.from({ length: options.training.features + 1 }, (_, i) => 0.5 - 0.3 * i);
  }

  step({ index, update, wantGradient, ...message }: CritiqueStep): NonNullable<CritiqueResponse['part']> {
    if (index !== this.next) throw new DomainError('precondition', `index ${index} is not ${this.next}`);
    const { training, weight } = this.#options;
    const { features } = training;
    const x = decodeTensor(message.x, { dtype: 'float32', shape: [null, features], field: 'step.x' });
    if (!x.every(Number.isFinite)) throw new DomainError('diverged', 'step.x is not finite');
    const count = x.length / features;
    const classes = decodeTensor(message.classes, { dtype: 'int32', shape: [count], field: 'step.classes' });
    if (classes.some((label) => label < 0 || label >= training.classes)) {
      throw new ValidationError([{ field: 'step.classes', description: 'is out of range' }]);
    }
    const logits = Float32Array.from({ length: count }, (_, row) => this.#logit(x, row));
    const adversarial = logits.reduce((sum, logit) => sum + Math.log1p(Math.exp(-logit)), 0) / count;
    const gradient = x.map((_, i) => {
      const row = Math.floor(i / features);
      return ((weight / count) * -this.#w[i % features]) / (1 + Math.exp(logits[row]));
    });
    if (update) this.#update(x, count);
    this.next++;
    this.steps++;
    return {
      $case: 'stepResult',
      value: {
        index,
        logits: encodeTensor(logits),
        losses: [{ name: 'adversarial', value: adversarial }],
        gradient: wantGradient ? encodeTensor(gradient, [count, features]) : undefined,
      },
    };
  }

  state(): Uint8Array {
    return Buffer.from(JSON.stringify({ next: this.next, seed: this.#options.seed, w: this.#w }));
  }

  restore(bytes: Uint8Array): void {
    const text = new TextDecoder().decode(bytes);
    const { next, seed, w } = text.startsWith('{') ? JSON.parse(text) : {};
    if (seed !== this.#options.seed) throw new DomainError('precondition', 'no checkpoint of this critic');
    this.next = next;
    this.#w = w;
  }

  #logit(x: Float32Array, row: number): number {
    return this.#w.reduce((sum, w, j) => sum + w * (j < this.#w.length - 1 ? x[row * (this.#w.length - 1) + j] : 1), 0);
  }

  /** One step along the gradient of the log-likelihood of all real points and the batch. */
  #update(x: Float32Array, count: number): void {
    const { training, rate } = this.#options;
    const sums = this.#w.map(() => 0);
    const add = (points: Float32Array, rows: number, target: number) => {
      for (let row = 0; row < rows; row++) {
        const error = (target - sigmoid(this.#logit(points, row))) / rows;
        for (const j of sums.keys()) sums[j] += error * (j < sums.length - 1 ? points[row * (sums.length - 1) + j] : 1);
      }
    };
    add(training.x, training.count, 1);
    add(x, count, 0);
    this.#w = this.#w.map((w, j) => w + rate * sums[j]);
  }
}
