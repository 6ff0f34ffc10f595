import { all, changing, type Message, type WrongImplementation } from '../mutation.ts';
import { bytesOf, handles } from './generator-mutations.ts';

/** Wrong implementations of fits that continue from a model, each with the check that finds it. */
export const WRONG_CONTINUED_FITS: readonly WrongImplementation[] = [
  {
    fault: 'ignores the model that a fit continues from',
    mutation: changing('fit', {
      request: (message) => (message.part?.$case === 'initialModel' ? undefined : message),
    }),
    found: [
      'a fit that continues from a model depends on there being a model to continue from',
      /the model is the same/,
    ],
  },
  {
    fault: 'knows of the model that a fit continues from only that it is there',
    mutation: (right, instance) => {
      let first: Buffer | undefined;
      const firstOf = bytesOf('initialModel', (bytes) => {
        first ??= bytes;
        return first;
      });
      return changing('fit', { request: firstOf })(right, instance);
    },
    found: ['a fit that continues from a model depends on the model that it continues from', /the model is the same/],
  },
  {
    fault: 'continues from models in the memory of its process',
    mutation: handles(['fit', 'model'], ['fit', 'initialModel']),
    found: ['a fit that continues from a model at a second instance gives the same model', /INVALID_ARGUMENT/],
  },
  {
    fault: 'trains the model of its process on, not the given one',
    mutation: (right, instance) => {
      let last: Buffer | undefined;
      const keep = (bytes: Buffer) => {
        last = bytes;
        return bytes;
      };
      return all(
        changing('fit', { response: bytesOf('model', keep) }),
        changing('fit', { request: bytesOf('initialModel', (bytes) => last ?? bytes) }),
      )(right, instance);
    },
    found: ['a fit that continues from a model does not depend on earlier calls', /the model is another one/],
  },
  {
    fault: 'resumes a fit from a checkpoint without its initial model',
    mutation: changing('fit', {
      request(message, call) {
        if (message.part?.$case === 'initialModel') call['held'] = message;
        if (message.part?.$case === 'resume' && call['held'] === undefined) return undefined;
        return message;
      },
    }),
    found: ['a fit that continues from a model and from a checkpoint gives the same model', /the call ended as OK/],
  },
  {
    fault: 'continues from a model that does not fit its settings',
    mutation: changing('fit', {
      request(message, call) {
        if (message.part?.$case === 'settings') call['settings'] = message.part.value;
        return bytesOf('initialModel', (bytes) => {
          const given = call['settings'].hyperparameters.find(({ name }: Message) => name === 'toy.spread');
          const model = bytes.toString();
          return model.startsWith('{') && given
            ? Buffer.from(JSON.stringify({ ...JSON.parse(model), given: given.value.value.value }))
            : bytes;
        })(message);
      },
    }),
    found: [
      'an initial model with another value of a hyperparameter that it fixes is INVALID_ARGUMENT',
      /the call ended as OK/,
    ],
  },
  {
    fault: 'starts anew where its method does not continue',
    mutation: changing('fit', {
      request(message, call) {
        if (message.part?.$case === 'settings') call['settings'] = message.part.value.hyperparameters;
        const isTight = () => JSON.stringify(call['settings']).includes('tight');
        return message.part?.$case === 'initialModel' && isTight() ? undefined : message;
      },
    }),
    found: ['an initial model for a method that does not continue is INVALID_ARGUMENT', /the call ended as OK/],
  },
];
