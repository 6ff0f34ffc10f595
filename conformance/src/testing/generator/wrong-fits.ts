import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import { firstOnly, lastOnly } from '../message-faults.ts';
import { changing, type Message, part, replacing, type WrongImplementation } from '../mutation.ts';
import { bytesOf, handles, moved, ofIdentity, ofX, reads, settings } from './generator-mutations.ts';

const ANOTHER = /the (model|points).* is another one/;

/** Wrong implementations of Fit, each with the check that finds it. */
export const WRONG_FITS: readonly WrongImplementation[] = [
  {
    fault: 'has a model that depends on the attempt',
    mutation: ofIdentity(({ attempt }) => attempt),
    found: ['a fit does not depend on its attempt', ANOTHER],
  },
  {
    fault: 'has a model that depends on the name of the study',
    mutation: ofIdentity(({ study }) => study.length),
    found: ['a fit does not depend on the name of its study', ANOTHER],
  },
  {
    fault: 'has a model that depends on the episode',
    mutation: ofIdentity(({ episode = 0 }) => episode),
    found: ['a fit does not depend on its episode', ANOTHER],
  },
  {
    fault: 'has a model that depends on the fold',
    mutation: ofIdentity(({ fold }) => fold),
    found: ['a fit does not depend on its fold', ANOTHER],
  },
  {
    fault: 'does not fit outside of episodes',
    mutation: settings('fit', ({ identity }) => {
      if (identity.episode === undefined) throw new DomainError('invalid', 'no episode');
      return {};
    }),
    found: ['a fit does not depend on its being part of an episode', /INVALID_ARGUMENT/],
  },
  {
    fault: 'trains on between its checkpoints',
    mutation: changing('fit', {
      request(message, call) {
        if (message.part?.$case === 'settings') call.by = message.part.value.checkpointEverySteps;
        return ofX('training', moved(call.by))(message);
      },
    }),
    found: ['a fit does not depend on how often checkpoints are sent', ANOTHER],
  },
  {
    fault: 'uses the last training message only',
    mutation: changing('fit', lastOnly('training')),
    found: ['a fit does not depend on the split of its training points into three messages', ANOTHER],
  },
  {
    fault: 'uses the first training message only',
    mutation: changing('fit', firstOnly('training')),
    found: ['a fit depends on the points of the last message', /the model is the same/],
  },
  {
    fault: 'refuses a message without rows',
    mutation: reads((x) => {
      if (x.shape[0] === 0) throw new DomainError('invalid', 'no rows');
      return x;
    }),
    found: ['a fit does not depend on the split of its training points into messages of which one is empty', /INVALID/],
  },
  {
    fault: 'advertises a hyperparameter without effect',
    mutation: settings('fit', ({ hyperparameters }) => ({
      hyperparameters: hyperparameters.filter(({ name }: Message) => name !== 'toy.spread'),
    })),
    found: ['every advertised hyperparameter changes the points of a sample', /toy\.spread has no effect/],
  },
  {
    fault: 'has checkpoints that are handles into the memory of its process',
    mutation: handles(['fit', 'resume'], ['fit', 'resume']),
    found: ['a second instance continues from a checkpoint with the same model', /FAILED_PRECONDITION/],
  },
  {
    fault: 'sends models in one message of any size',
    mutation: changing('fit', {
      response: (message) =>
        part(message, 'model', ({ data }) => {
          const [whole, ...more] = encodeBytes(Buffer.concat([data, Buffer.alloc(2 ** 21, ' ')]));
          return { ...whole, data: Buffer.concat([whole, ...more].map((chunk) => chunk.data)) };
        }),
    }),
    found: ['a fit gives one model, whole and with its SHA-256, and last one summary', /bytes in one message/],
  },
  {
    fault: 'mixes up fits that run at the same time',
    mutation: (right, instance) => {
      let current = 0;
      return changing('fit', {
        request(message, call) {
          if (message.part?.$case === 'settings') call.mine = ++current;
          return message;
        },
        response: (message, call) =>
          bytesOf('model', (bytes) => Buffer.from(`${bytes}${call.mine === current ? '' : ' '}`))(message),
      })(right, instance);
    },
    found: ['a fit does not depend on calls that run at the same time', ANOTHER],
  },
  {
    fault: 'keeps the hyperparameters of the fit before',
    mutation: (right, instance) => {
      const kept = new Map<string, Message>();
      return settings('fit', ({ hyperparameters }) => {
        for (const setting of hyperparameters) kept.set(setting.name, setting);
        return { hyperparameters: [...kept.values()] };
      })(right, instance);
    },
    found: ['a fit does not depend on earlier calls', ANOTHER],
  },
  {
    fault: 'has a limit that it does not keep',
    mutation: changing('getCapabilities', {
      response: (message) => ({
        ...message,
        capabilities: {
          ...message.capabilities,
          limits: [
            { name: 'training_points', maximum: 100 },
            { name: 'features', maximum: 20 },
          ],
        },
      }),
    }),
    found: ['a fit with more features than the limit "features" is INVALID_ARGUMENT', /the call ended as OK/],
  },
  {
    fault: 'never frees the place of a cancelled fit',
    mutation: (right, instance) => {
      let running = 0;
      return replacing(
        'fit',
        (handler) =>
          async function* (requests, context) {
            if (running > 3) throw new DomainError('exhausted', 'four fits are running');
            running++;
            yield* handler(requests, context);
            running--;
          },
      )(right, instance);
    },
    found: ['fits that are cancelled one after the other make room for the next', /RESOURCE_EXHAUSTED/],
  },
  {
    fault: 'sends a hash that is not that of its model',
    mutation: changing('fit', {
      response: (message) => part(message, 'model', (chunk) => ({ ...chunk, sha256: '0'.repeat(64) })),
    }),
    found: ['a fit gives one model, whole and with its SHA-256, and last one summary', /model: sha256 is [0-9a-f]{64}/],
  },
  {
    fault: 'sends its summary before its model',
    mutation: changing('fit', {
      response(message, call) {
        if (message.part.$case === 'model') {
          call['model'] = message;
          return undefined;
        }
        return message.part.$case === 'summary' ? [message, call['model']] : message;
      },
    }),
    found: ['a fit gives one model, whole and with its SHA-256, and last one summary', /model came after the summary/],
  },
  {
    fault: 'answers mistakes with INTERNAL',
    mutation: replacing(
      'fit',
      (handler) =>
        async function* (requests, context) {
          try {
            yield* handler(requests, context);
          } catch {
            throw new DomainError('internal', 'boom');
          }
        },
    ),
    found: ['a fit without settings is INVALID_ARGUMENT', /the call ended as INTERNAL/],
  },
];
