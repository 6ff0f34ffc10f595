import { Study, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { all, changing, type Message, type Mutation, replacing, type WrongImplementation } from '../mutation.ts';

const answers = (method: string, change: (response: Message) => Message): Mutation =>
  changing(method, { response: (response) => ({ ...response, ...change(response) }) });
/** A change of the study of every response. */
const states = (change: (study: Message) => Message): Mutation =>
  all(
    ...['createStudy', 'getStudy', 'cancelStudy', 'watchStudy'].map((method) =>
      answers(method, ({ study }) => ({ study: { ...study, ...change(study) } })),
    ),
  );
const asks =
  (method: string, change: (request: Message, instance: number) => Message): Mutation =>
  (right, instance) =>
    changing(method, { request: (request) => ({ ...request, ...change(request, instance) }) })(right, instance);
const settings = (change: (settings: Message) => Message): Mutation =>
  asks('createStudy', (request) => ({
    settings: request.settings && { ...request.settings, ...change(request.settings) },
  }));
/** Refusals that are answered in another way. */
const forgiving = (method: string, answer: (error: unknown) => Message): Mutation =>
  replacing(method, (handler) => async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      return answer(error);
    }
  });

const STORED = 'a data set is stored with its rows, features and classes';
const SAME_REFERENCE = 'the same data set has the same reference, and another one another';
const NAMED = 'an artifact is the bytes whose SHA-256 names it';
const AGAIN = 'a study that is created again with the same settings is the same study';
const OTHER = 'a study that is created again with other settings is ALREADY_EXISTS';
const DEFAULTS = 'a study has its settings, with defaults filled in';
const CANCELLED = 'a cancelled study is cancelled, and stays so';
const WATCHED = 'a study is watched from its current state to its end, and the stream then ends';
const WATCHED_END = 'a study that has ended is watched as its last state alone';
const EVENTS = 'the events of a study are in the order of the log, from its creation on';
const SECOND = 'a study is known at a second instance of the same log, and can be cancelled there';
const refused = (what: string) => `a study with ${what} is INVALID_ARGUMENT, and its details name the setting`;

/** Wrong agents, each with the check that finds it. */
export const WRONG_AGENTS: readonly WrongImplementation[] = [
  {
    fault: 'lists a hyperparameter twice',
    mutation: answers('getCapabilities', ({ space }) => ({ space: [...space, space[0]] })),
    found: ['the search space has each hyperparameter once', /a, b, a/],
  },
  {
    fault: 'counts rows wrongly',
    mutation: answers('putDataset', ({ rows }) => ({ rows: rows - 1 })),
    found: [STORED, /59 rows/],
  },
  {
    fault: 'names a data set by a count',
    mutation: (right, instance) => {
      let count = 0;
      return answers('putDataset', ({ dataset }) => ({
        dataset: { ...dataset, sha256: String(count++).padStart(64, '0') },
      }))(right, instance);
    },
    found: [SAME_REFERENCE, /an artifact is named by its content/],
  },
  {
    fault: 'names a data set by its description',
    mutation: answers('putDataset', ({ dataset }) => ({ dataset: { ...dataset, sha256: 'a'.repeat(64) } })),
    found: [SAME_REFERENCE, /other points have the same reference/],
  },
  {
    fault: 'loses the end of an artifact',
    mutation: changing('getArtifact', {
      response: ({ chunk }) => ({ chunk: { ...chunk, data: chunk.data.subarray(1) } }),
    }),
    found: [NAMED, /its bytes have the SHA-256/],
  },
  {
    fault: 'counts the size of an artifact wrongly',
    mutation: answers('putDataset', ({ dataset }) => ({ dataset: { ...dataset, sizeBytes: 1 } })),
    found: [NAMED, /it has \d+ bytes; right would be 1/],
  },
  {
    fault: 'has an empty artifact in the place of one that is not there',
    mutation: replacing(
      'getArtifact',
      (handler) =>
        async function* (request, context) {
          try {
            yield* handler(request, context);
          } catch {
            // Nothing follows.
          }
        },
    ),
    found: ['an artifact that is not there is NOT_FOUND', /the call ended as OK/],
  },
  {
    fault: 'takes the text of a study file for a setting',
    mutation: asks('createStudy', ({ settings: given, studyFile }) => ({
      settings: given && { ...given, inFlight: studyFile?.length ?? 0 },
    })),
    found: [AGAIN, /ALREADY_EXISTS/],
  },
  {
    fault: 'creates a study anew each time',
    mutation: (right, instance) =>
      changing('createStudy', {
        response: ({ study }) => ({ study: { ...study, createTime: new Date(Math.random() * 1e12) } }),
      })(right, instance),
    found: [AGAIN, /the second creation has another time/],
  },
  {
    fault: 'writes the creation twice',
    mutation: changing('listStudyEvents', {
      response: (message) => (message.event.slot === 'create' ? [message, message] : message),
    }),
    found: [AGAIN, /2 events create the study/],
  },
  { fault: 'ignores other settings', mutation: settings(() => ({ seed: 5 })), found: [OTHER, /the call ended as OK/] },
  {
    fault: 'takes the id of a cancelled study for a new one',
    mutation: (right, instance) => {
      const ended = new Set<string>();
      const renamed = (id: string) => (ended.has(id) ? `${id}-2` : id);
      return all(
        asks('createStudy', ({ id }) => ({ id: renamed(id) })),
        changing('cancelStudy', {
          request(request) {
            ended.add(request.id);
            return request;
          },
        }),
      )(right, instance);
    },
    found: [OTHER, /the call ended as OK/],
  },
  {
    fault: 'fills in no defaults',
    mutation: states(({ settings: given }) => ({ settings: { ...given, qnnSeeds: 0 } })),
    found: [DEFAULTS, /qnn_seeds is 0; right would be 1/],
  },
  { fault: 'has no id', mutation: states(() => ({ id: '' })), found: [DEFAULTS, /its id is ;/] },
  {
    fault: 'lists studies as they were created',
    mutation: answers('listStudies', ({ studies }) => ({ studies: studies.toReversed() })),
    found: ['studies are listed by id', /are listed; right would be by id/],
  },
  {
    fault: 'says that a cancelled study failed',
    mutation: states(({ state }) => ({ state: state === StudyState.CANCELLED ? StudyState.FAILED : state })),
    found: [CANCELLED, /it is FAILED; right would be CANCELLED/],
  },
  {
    fault: 'creates studies that have ended',
    mutation: states(() => ({ state: StudyState.CANCELLED })),
    found: [CANCELLED, /a new study is CANCELLED/],
  },
  { fault: 'has no end time', mutation: states(() => ({ endTime: undefined })), found: [CANCELLED, /it ended at NaN/] },
  {
    fault: 'refuses to cancel again',
    mutation: (right, instance) => {
      const ended = new Set<string>();
      return changing('cancelStudy', {
        request(request) {
          if (ended.has(request.id)) throw new DomainError('precondition', 'has ended');
          ended.add(request.id);
          return request;
        },
      })(right, instance);
    },
    found: [CANCELLED, /FAILED_PRECONDITION/],
  },
  {
    fault: 'has every study',
    mutation: forgiving('getStudy', () => ({ study: Study.fromPartial({ id: 'any' }) })),
    found: ['a study that is not there is NOT_FOUND', /the call ended as OK/],
  },
  {
    fault: 'keeps a study that it refused',
    mutation: (right, instance) => {
      const kept = new Set<string>();
      return all(
        replacing('createStudy', (handler) => async (request, context) => {
          kept.add(request.id);
          return handler(request, context);
        }),
        replacing(
          'getStudy',
          (handler) => async (request, context) =>
            kept.has(request.id) ? { study: Study.fromPartial({ id: request.id }) } : handler(request, context),
        ),
      )(right, instance);
    },
    found: [refused('no data'), /the call ended as OK; right would be NOT_FOUND/],
  },
  {
    fault: 'refuses a setting without naming it',
    mutation: forgiving('createStudy', (error) => {
      throw error instanceof DomainError ? new DomainError(error.code, 'no') : error;
    }),
    found: [refused('a policy that is none'), /the details name no setting/],
  },
  {
    fault: 'takes any policy',
    mutation: settings(() => ({ policy: '' })),
    found: [refused('a policy that is none'), /the call ended as OK/],
  },
  {
    fault: 'leaves out hyperparameters that it does not know',
    mutation: settings(() => ({ space: [] })),
    found: [refused('a hyperparameter that is none'), /the call ended as OK/],
  },
  {
    fault: 'cuts the number of episodes',
    mutation: settings(({ episodes }) => ({ episodes: Math.min(episodes, 1000) })),
    found: [refused('more episodes than any agent runs'), /the call ended as OK/],
  },
  {
    fault: 'ends the stream of a study that runs',
    mutation: replacing(
      'watchStudy',
      (handler) =>
        async function* (request, context) {
          for await (const message of handler(request, context)) {
            yield message;
            return;
          }
        },
    ),
    found: [WATCHED, /the last message says SEARCHING; right would be CANCELLED/],
  },
  {
    fault: 'repeats the end of a study',
    mutation: changing('watchStudy', { response: (message) => [message, message] }),
    found: [WATCHED, /messages come after the end of the study/],
  },
  {
    fault: 'replays the events of a study to who watches it',
    mutation: changing('watchStudy', { response: ({ study }) => ({ study, event: SlotEvent.fromPartial({}) }) }),
    found: [WATCHED, /the first message has an event/],
  },
  {
    fault: 'ends the stream of an ended study at once',
    mutation: replacing(
      'watchStudy',
      (handler) =>
        async function* (request, context) {
          let count = 0;
          for await (const message of handler(request, context))
            if (count++ > 0 || message.study.state !== StudyState.CANCELLED) yield message;
        },
    ),
    found: [WATCHED_END, /0 messages came; right would be 1/],
  },
  {
    fault: 'lists events from the newest on',
    mutation: replacing(
      'listStudyEvents',
      (handler) =>
        async function* (request, context) {
          const events: Message[] = [];
          for await (const message of handler(request, context)) events.unshift(message);
          yield* events;
        },
    ),
    found: [EVENTS, /the first event is "cancel"; right would be create/],
  },
  {
    fault: 'numbers all events alike',
    mutation: changing('listStudyEvents', { response: ({ event }) => ({ event: { ...event, sequence: 1n } }) }),
    found: [EVENTS, /the sequences are 1, 1; right would be rising/],
  },
  {
    fault: 'gives the events of a study an episode',
    mutation: changing('listStudyEvents', { response: ({ event }) => ({ event: { ...event, episode: 0 } }) }),
    found: [EVENTS, /has record; right would be slotEvent/],
  },
  {
    fault: 'does not list cancellations',
    mutation: changing('listStudyEvents', {
      response: (message) => (message.event.slot === 'cancel' ? undefined : message),
    }),
    found: [EVENTS, /the events are create; right would be cancel too/],
  },
  {
    fault: 'keeps studies in its process',
    mutation: asks('getStudy', ({ id }, instance) => ({ id: instance === 0 ? id : `${id}-other` })),
    found: [SECOND, /NOT_FOUND/],
  },
  {
    fault: 'lists the events of its own process',
    mutation: asks('listStudyEvents', ({ id }, instance) => ({ id: instance === 0 ? id : `${id}-other` })),
    found: [SECOND, /NOT_FOUND/],
  },
];
