import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { changing, type Message, type Mutation, replacing, type WrongImplementation } from '../mutation.ts';

const asks =
  (change: (request: Message, instance: number) => Message): Mutation =>
  (right, instance) =>
    changing('minimize', { request: (request) => ({ ...request, ...change(request, instance) }) })(right, instance);
const part = ($case: string, change: (value: Message) => Message): Mutation =>
  changing('minimize', {
    response: (message) =>
      message.part.$case === $case
        ? { part: { $case, value: { ...message.part.value, ...change(message.part.value) } } }
        : message,
  });
const result = (change: (value: Message) => Message) => part('result', change);

const LOWEST = 'a minimization ends with one result, which is the lowest energy';
const OWN = 'energy and gradient norm of a result are those of its parameters';
const STEPS = 'a run of Adam does as many steps as were asked for, at the learning rate that was asked for';
const PROGRESS = 'progress comes every 10 steps, within the runs and steps that were asked for';
const IS_SAME = /the result is the same/;
const ANOTHER = /the result.* is another one/;

/** Simulators that minimize wrongly, each with the check that finds it. */
export const WRONG_MINIMIZERS: readonly WrongImplementation[] = [
  {
    fault: 'ignores the weights of a Hamiltonian',
    mutation: asks(({ hamiltonian }) => ({ hamiltonian: hamiltonian.replaceAll('0.5*', '') })),
    found: [LOWEST, /the lowest energy of .* is -2.23.*; right would be -1.41/],
  },
  {
    fault: 'reads a minus as a plus',
    mutation: asks(({ hamiltonian }) => ({ hamiltonian: hamiltonian.replace(/^-/, '').replaceAll(' - ', ' + ') })),
    found: [OWN, /the energy is .*, that of its parameters/],
  },
  {
    fault: 'ends without a result',
    mutation: changing('minimize', { response: (message) => (message.part.$case === 'result' ? undefined : message) }),
    found: [LOWEST, /the stream has no result/],
  },
  {
    fault: 'repeats its result',
    mutation: changing('minimize', {
      response: (message) => (message.part.$case === 'result' ? [message, message] : message),
    }),
    found: [LOWEST, /result comes after the result/],
  },
  {
    fault: 'sends parameters in float32',
    mutation: result(({ parameters }) => ({
      parameters: encodeTensor(Float32Array.from(new Float64Array(new Uint8Array(parameters.data).buffer))),
    })),
    found: [LOWEST, /result.parameters: dtype is float32/],
  },
  {
    fault: 'says that it has not converged',
    mutation: result(() => ({ converged: false })),
    found: [LOWEST, /the run has not converged/],
  },
  {
    fault: 'reports the energy of other parameters',
    mutation: result(({ energy }) => ({ energy: energy - 1e-4 })),
    found: [OWN, /the energy is .*, that of its parameters/],
  },
  {
    fault: 'reports parameters in another order',
    mutation: result(({ parameters }) => ({
      parameters: encodeTensor(new Float64Array(new Uint8Array(parameters.data).buffer).reverse()),
    })),
    found: [OWN, /the energy is .*, that of its parameters/],
  },
  {
    fault: 'reports twice the gradient norm',
    mutation: result(({ gradientNorm }) => ({ gradientNorm: 2 * gradientNorm })),
    found: [OWN, /the gradient norm is .*, that of its parameters/],
  },
  {
    fault: 'has always converged',
    mutation: result(() => ({ converged: true })),
    found: [
      'a result has converged where its gradient norm is below the tolerance, and nowhere else',
      /converged is true/,
    ],
  },
  {
    fault: 'ignores the number of steps',
    mutation: asks(({ optimizer }) => (optimizer === 'adam' ? { steps: 40 } : {})),
    found: [STEPS, /two steps lead where one does/],
  },
  {
    fault: 'does ten steps for each one',
    mutation: asks(({ steps }) => ({ steps: 10 * steps })),
    found: [STEPS, /the second step of Adam is .* long; right would be at most/],
  },
  {
    fault: 'ignores the learning rate',
    mutation: asks(() => ({ learningRate: 0 })),
    found: [STEPS, /the second step of Adam is .* long|first steps at 0.01 and 0.03 end 0 apart/],
  },
  {
    fault: 'does more runs than were asked for',
    mutation: asks(({ restarts }) => ({ restarts: restarts + 1 })),
    found: [PROGRESS, /progress of step 10 of run 3; right would be one of the runs 0 to 2/],
  },
  {
    fault: 'reports progress in gradients',
    mutation: part('progress', ({ step }) => ({ step: step + 1 })),
    found: [PROGRESS, /progress of step 11 of run 0/],
  },
  {
    fault: 'keeps the worst run',
    mutation: replacing(
      'minimize',
      (handler) =>
        async function* (request, context) {
          // Half of the progress is below the result of a run that is kept for being the worst.
          let worst = Number.NEGATIVE_INFINITY;
          for await (const message of handler(request, context)) {
            if (message.part.$case === 'progress') worst = Math.max(worst, message.part.value.energy);
            else if (worst > message.part.value.energy) message.part.value.energy = worst;
            yield message;
          }
        },
    ),
    found: ['a result is no worse than the progress of any run', /above .* of run \d/],
  },
  {
    fault: 'ignores the seed of runs',
    mutation: asks(() => ({ seed: 1 })),
    found: ['a minimization depends on its seed', IS_SAME],
  },
  {
    fault: 'reads 16 bits of the seed of runs',
    mutation: asks(({ seed }) => ({ seed: seed & 0xffff })),
    found: ['a minimization depends on the upper half of its seed', IS_SAME],
  },
  {
    fault: 'knows one optimizer',
    mutation: asks(({ optimizer }) => ({ optimizer: optimizer === 'adam' ? 'l-bfgs' : optimizer })),
    found: ['a minimization depends on its optimizer', IS_SAME],
  },
  {
    fault: 'ignores the tolerance',
    mutation: asks(() => ({ gradientTolerance: 0 })),
    found: ['a minimization depends on its tolerance', IS_SAME],
  },
  {
    fault: 'starts from random numbers of the process',
    mutation: (right, instance) => {
      let count = 0;
      return asks(({ seed }) => ({ seed: seed + count++ }))(right, instance);
    },
    found: ['a minimization does not depend on earlier calls', ANOTHER],
  },
  {
    fault: 'starts from the numbers of its process',
    mutation: asks(({ seed }, instance) => ({ seed: seed + instance })),
    found: ['a minimization at a second instance gives the same result', ANOTHER],
  },
  {
    fault: 'takes any number of runs',
    mutation: asks(({ restarts }) => ({ restarts: Math.min(restarts, 100) })),
    found: ['a minimization with 101 runs is INVALID_ARGUMENT', /the call ended as OK/],
  },
  {
    fault: 'takes any number of steps',
    mutation: asks(({ steps }) => ({ steps: Math.min(steps, 100_000) })),
    found: ['a minimization with 100,001 steps is INVALID_ARGUMENT', /the call ended as OK/],
  },
];
