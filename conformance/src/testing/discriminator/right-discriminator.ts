import {
  type CritiqueResponse,
  DiscriminatorServiceService,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import {
  type Hyperparameter,
  HyperparameterKind,
  HyperparameterScale,
} from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import { LinearCritic } from './linear-critic.ts';
import { momentReport } from './moment-report.ts';

const OPENING = [
  ['open', 'once'],
  ['training', 'some'],
  ['resume', 'any'],
  ['start', 'once'],
] as const;
const ASSESS = [
  ['settings', 'once'],
  ['training', 'some'],
  ['heldOut', 'some'],
  ['synthetic', 'any'],
] as const;

const RATE: Hyperparameter = {
  name: 'toy.rate',
  description: 'Learning rate.',
  kind: HyperparameterKind.REAL,
  minimum: 0.01,
  maximum: 0.5,
  scale: HyperparameterScale.LOG,
  choices: [],
  defaultValue: { value: { $case: 'real', value: 0.1 } },
  zeroAllowed: false,
  fixedByModel: false,
};

/** A small right discriminator: a linear critic, and an assessment by moments. */
export function rightDiscriminator(): ServiceBinding {
  const attempts = new Map<string, number>();
  return bindService(DiscriminatorServiceService, {
    getCapabilities: () => ({
      capabilities: { service: 'toy', version: '1.0.0', engines: [], limits: [], hyperparameters: [RATE] },
    }),
    async *critique(requests): AsyncGenerator<CritiqueResponse> {
      const training = createPointsCollector('training');
      const resume = createByteAssembler('resume');
      const { open } = await readParts(requests, OPENING, { training: training.add, resume: resume.add }, 'start');
      const { study, episode, fold, attempt, seed, objectiveWeights, hyperparameters } = open;
      const key = `${study} ${episode} ${fold}`;
      if (attempt < (attempts.get(key) ?? 0)) throw new DomainError('precondition', 'a stale attempt');
      attempts.set(key, attempt);
      const weight = objectiveWeights.find(({ name }) => name === 'adversarial')?.value ?? 0;
      const given = hyperparameters.find(({ name }) => name === RATE.name)?.value ?? RATE.defaultValue;
      const critic = new LinearCritic({ training: training.points(), seed, weight, rate: Number(given?.value?.value) });
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
    async assess(requests) {
      const [training, heldOut, synthetic] = ['training', 'held_out', 'synthetic'].map((name) =>
        createPointsCollector(name),
      );
      const takers = { training: training.add, heldOut: heldOut.add, synthetic: synthetic.add };
      const { settings } = await readParts(requests, ASSESS, takers);
      const added = synthetic.started ? synthetic.points() : undefined;
      return { report: momentReport(settings.fold, training.points(), heldOut.points(), added) };
    },
  });
}
