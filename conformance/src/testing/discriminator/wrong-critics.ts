import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import { firstOnly, lastOnly } from '../message-faults.ts';
import {
  all,
  bigEndian,
  changing,
  columnMajor,
  type Message,
  type Mutation,
  mapFloats,
  part,
  readColumnMajor,
  replacing,
  type WrongImplementation,
} from '../mutation.ts';

const ofPart = ($case: string, change: (value: Message, call: Record<string, Message>) => Message): Mutation =>
  changing('critique', {
    request: (message, call) => part(message, $case, (value) => ({ ...value, ...change(value, call) })),
  });
const result = (change: (value: Message, call: Record<string, Message>) => Message): Mutation =>
  changing('critique', {
    response: (message, call) => part(message, 'stepResult', (value) => ({ ...value, ...change(value, call) })),
  });
const scaled = (tensor: Message, by: number) =>
  tensor && mapFloats(tensor, (values) => values.map((value) => by * value));
/** A critic whose points depend on its opening. */
const ofOpening = (number: (open: Message) => number): Mutation =>
  changing('critique', {
    request(message, call) {
      if (message.part?.$case === 'open') call['by'] = 1e-3 * number(message.part.value);
      return part(message, 'training', (points) => ({
        ...points,
        x: mapFloats(points.x, (x) => x.map((value) => value + call['by'])),
      }));
    },
  });

const GRADIENT = 'the gradient is that of the weighted objectives, by central differences';
const RATES = 'a critic that is updated rates points like the real ones above distant ones';
const RESUMED = 'a critic resumed on another stream gives the answers of the one that went on';
const ANOTHER = /the judgement.* is another one/;

/** Wrong critics, each with the check that finds it. */
export const WRONG_CRITICS: readonly WrongImplementation[] = [
  {
    fault: 'sends the gradient of the sum',
    mutation: result(({ gradient }) => ({ gradient: scaled(gradient, 8) })),
    found: [GRADIENT, /along itself the gradient says .*, the losses say/],
  },
  {
    fault: 'ignores the weights of objectives',
    mutation: ofPart('open', () => ({ objectiveWeights: [{ name: 'adversarial', value: 1 }] })),
    found: [GRADIENT, /along itself the gradient says/],
  },
  {
    fault: 'sends a big-endian gradient',
    mutation: result(({ gradient }) => ({ gradient: gradient && bigEndian(gradient) })),
    found: [GRADIENT, /./],
  },
  {
    fault: 'sends a column-major gradient',
    mutation: result(({ gradient }) => ({ gradient: gradient && columnMajor(gradient) })),
    found: [GRADIENT, /the gradient says/],
  },
  {
    fault: 'reads column-major points',
    mutation: ofPart('step', ({ x }) => ({ x: readColumnMajor(x) })),
    found: [RATES, /pairs of a near and a distant point are in order/],
  },
  {
    fault: 'reads big-endian points',
    mutation: all(
      ofPart('step', ({ x }) => ({ x: bigEndian(x) })),
      ofPart('training', ({ x }) => ({ x: bigEndian(x) })),
    ),
    found: [RATES, /./],
  },
  {
    fault: 'sends big-endian logits',
    mutation: result(({ logits }) => ({ logits: bigEndian(logits) })),
    found: [RATES, /./],
  },
  {
    fault: 'sends logits in reverse order',
    mutation: result(({ logits }) => ({ logits: mapFloats(logits, (values) => values.reverse()) })),
    found: [RATES, /\d of 16 pairs/],
  },
  {
    fault: 'has lower logits for real points',
    mutation: result(({ logits }) => ({ logits: scaled(logits, -1) })),
    found: [RATES, /0 of 16 pairs/],
  },
  {
    fault: 'learns unasked',
    mutation: ofPart('step', () => ({ update: true })),
    found: [
      'a critic that is not updated does not change: the same points have the same logits',
      /update=false: logits/,
    ],
  },
  {
    fault: 'does not learn',
    mutation: ofPart('step', () => ({ update: false })),
    found: ['a critic that is updated learns: the same points have other logits', /the logits are the same/],
  },
  {
    fault: 'sends a gradient unasked',
    mutation: ofPart('step', () => ({ wantGradient: true })),
    found: ['the gradient comes where it was wanted, and only there', /a gradient came that was not wanted/],
  },
  {
    fault: 'accepts a repeated index',
    mutation: changing('critique', {
      request(message, call) {
        if (message.part?.$case !== 'step') return message;
        call['next'] ??= message.part.value.index;
        call['sent'] = message.part.value.index;
        return part(message, 'step', (step) => ({ ...step, index: call['next']++ }));
      },
      response: (message, call) => part(message, 'stepResult', (value) => ({ ...value, index: call['sent'] })),
    }),
    found: ['a repeated index is FAILED_PRECONDITION', /the call ended as OK/],
  },
  {
    fault: 'forgets its weights in a checkpoint',
    mutation: changing('critique', {
      response: (message) =>
        part(message, 'checkpointChunk', ({ data }) => {
          const state = JSON.parse(data.toString());
          return [...encodeBytes(Buffer.from(JSON.stringify({ ...state, w: state.w.map(() => 0.1) })))][0];
        }),
    }),
    found: [RESUMED, /resumed from the checkpoint, answer 0 has other logits/],
  },
  {
    fault: 'has checkpoints that are handles into the memory of its process',
    mutation: (right, instance) => {
      const kept: Buffer[] = [];
      return changing('critique', {
        response: (message) =>
          part(message, 'checkpointChunk', ({ data }) => [...encodeBytes(Buffer.from(`#${kept.push(data) - 1}`))][0]),
        request: (message) =>
          part(message, 'resume', (chunk) => {
            const bytes = kept[Number(chunk.data.toString().slice(1))];
            return bytes === undefined ? chunk : [...encodeBytes(bytes)][0];
          }),
      })(right, instance);
    },
    found: ['a critic resumed at a second instance gives the answers of the one that went on', /FAILED_PRECONDITION/],
  },
  {
    fault: 'has answers that depend on the attempt',
    mutation: ofOpening(({ attempt }) => attempt),
    found: ['a critique does not depend on its attempt', ANOTHER],
  },
  {
    fault: 'has answers that depend on the name of the study',
    mutation: ofOpening(({ study }) => study.length),
    found: ['a critique does not depend on the name of its study', ANOTHER],
  },
  {
    fault: 'does not open outside of episodes',
    mutation: ofPart('open', ({ episode }) => {
      if (episode === undefined) throw new DomainError('invalid', 'no episode');
      return {};
    }),
    found: ['a critique does not depend on its being part of an episode', /INVALID_ARGUMENT/],
  },
  {
    fault: 'trains on without gradients',
    mutation: ofPart('step', ({ x, wantGradient }) => ({ x: wantGradient ? x : scaled(x, 1.01) })),
    found: ['a critique does not depend on whether gradients are requested', ANOTHER],
  },
  {
    fault: 'changes with a checkpoint',
    mutation: changing('critique', {
      request(message, call) {
        if (message.part?.$case === 'checkpoint') call['by'] = 1.01;
        return part(message, 'step', (step) => ({ ...step, x: scaled(step.x, call['by'] ?? 1) }));
      },
    }),
    found: ['a critique does not depend on checkpoints that are taken', ANOTHER],
  },
  {
    fault: 'uses the last training message only',
    mutation: changing('critique', lastOnly('training')),
    found: ['a critique does not depend on the split of its training points into three messages', ANOTHER],
  },
  {
    fault: 'uses the first training message only',
    mutation: changing('critique', firstOnly('training')),
    found: ['a critique depends on the points of the last message', /the judgement is the same/],
  },
  {
    fault: 'shares its weights with critics that run at the same time',
    mutation: (right, instance) => {
      let open = 0;
      return replacing(
        'critique',
        (handler) =>
          async function* (requests, context) {
            open++;
            try {
              for await (const message of handler(requests, context)) {
                yield part(message, 'stepResult', (value) => ({
                  ...value,
                  logits: scaled(value.logits, open > 1 ? 1.01 : 1),
                }));
              }
            } finally {
              open--;
            }
          },
      )(right, instance);
    },
    found: ['a critique does not depend on calls that run at the same time', ANOTHER],
  },
  {
    fault: 'is seeded by its process',
    mutation: (right, instance) => ofOpening(() => instance)(right, instance),
    found: ['a critique at a second instance gives the same judgement', ANOTHER],
  },
  {
    fault: 'has state that creeps in after 10 critics',
    mutation: (right, instance) => {
      let critics = 0;
      return ofOpening(() => (critics++ < 10 ? 0 : 1))(right, instance);
    },
    found: ['a critique gives the same after 12 more', /the \d+\w\w time, the judgement is another one/],
  },
  {
    fault: 'advertises a hyperparameter without effect',
    mutation: ofPart('open', () => ({ hyperparameters: [] })),
    found: ['every advertised hyperparameter changes the judgements of a critic', /toy\.rate has no effect/],
  },
  {
    fault: 'takes a batch that is not finite for invalid',
    mutation: ofPart('step', ({ x }) => {
      mapFloats(x, (values) => {
        if (!values.every(Number.isFinite)) throw new DomainError('invalid', 'step.x');
        return values;
      });
      return {};
    }),
    found: ['a batch with NaN is OUT_OF_RANGE', /the call ended as INVALID_ARGUMENT/],
  },
];
