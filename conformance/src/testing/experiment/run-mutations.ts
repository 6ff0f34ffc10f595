import { changing, type Message, type Mutation, part } from '../mutation.ts';

/** Another response of a method, which may depend on its request. */
export const answers = (method: string, change: (response: Message, request: Message) => Message): Mutation =>
  changing(method, {
    request(request, call) {
      call['request'] = request;
      return request;
    },
    response: (response, { request }) => ({ ...response, ...change(response, request) }),
  });
/** Other settings of a run. */
export const settings =
  (change: (settings: Message, instance: number) => Message): Mutation =>
  (right, instance) =>
    changing('run', {
      request: (message) => part(message, 'settings', (given) => ({ ...given, ...change(given, instance) })),
    })(right, instance);
/** Other circuits of a run. */
export const circuits = (change: (circuit: Message) => Message): Mutation =>
  changing('run', { request: (message) => part(message, 'circuit', (given) => ({ ...given, ...change(given) })) });
/** Another part of the responses of a run. */
export const parts = ($case: string, change: (value: Message) => Message): Mutation =>
  changing('run', { response: (message) => part(message, $case, (value) => ({ ...value, ...change(value) })) });
/** A run without some of its responses. */
export const dropping = (drop: (part: Message) => boolean): Mutation =>
  changing('run', { response: (message) => (drop(message.part) ? undefined : message) });
/** Another list of backends. */
export const backends = (change: (backends: Message[]) => Message[]): Mutation =>
  changing('listBackends', { response: ({ backends: all }) => ({ backends: change(all) }) });
