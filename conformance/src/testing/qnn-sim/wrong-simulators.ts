import { QnnArm } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { lastOnly } from '../message-faults.ts';
import {
  all,
  bigEndian,
  changing,
  type Message,
  type Mutation,
  mapFloats,
  part,
  readColumnMajor,
  replacing,
  type WrongImplementation,
} from '../mutation.ts';

const ROLES = ['training', 'synthetic', 'heldOut'];
/** Points of every role read in another way. */
const reads = (change: (tensor: Message) => Message): Mutation =>
  all(
    ...ROLES.map((role) =>
      changing('evaluate', {
        request: (message) => part(message, role, (points) => ({ ...points, x: change(points.x) })),
      }),
    ),
  );
const settings = (change: (settings: Message) => Message): Mutation =>
  changing('evaluate', {
    request: (message) => part(message, 'settings', (given) => ({ ...given, ...change(given) })),
  });
const runs = (change: (run: Message, index: number, runs: Message[]) => Message): Mutation =>
  changing('evaluate', {
    response: ({ report }) => ({
      report: {
        ...report,
        runs: report.runs.map((run: Message, i: number) => ({ ...run, ...change(run, i, report.runs) })),
      },
    }),
  });
const scaled = (tensor: Message, by: number) => mapFloats(tensor, (values) => values.map((value) => value * by));
/** Losses, and their mean, scaled alike. */
const worse = (by: (run: Message, index: number, runs: Message[]) => number): Mutation =>
  runs((run, i, all) => ({ losses: scaled(run.losses, by(run, i, all)), loss: run.loss * by(run, i, all) }));
const integers = ({ data }: Message) => new Int32Array(new Uint8Array(data).buffer);
const ofIntegers = (tensor: Message, change: (values: Int32Array) => Int32Array) => ({
  ...tensor,
  data: Buffer.from(change(integers(tensor)).buffer),
});

const LEARNS = 'a QNN learns classes that lie on two sides';
const AGREE = 'losses, predictions and class probabilities agree with each other';
const ORDER = 'losses and predictions are in the order of the held-out points';
const ANOTHER = /the list of scores.* is another one/;

/** Wrong simulators, each with the check that finds it. */
export const WRONG_SIMULATORS: readonly WrongImplementation[] = [
  { fault: 'reads big-endian points', mutation: reads(bigEndian), found: [LEARNS, /./] },
  { fault: 'reads column-major points', mutation: reads(readColumnMajor), found: [LEARNS, /the accuracy is/] },
  {
    fault: 'does not train',
    mutation: settings(({ qnn }) => ({ qnn: { ...qnn, learningRate: 0 } })),
    found: [LEARNS, /the accuracy is/],
  },
  {
    fault: 'sends big-endian losses',
    mutation: runs(({ losses }) => ({ losses: bigEndian(losses) })),
    found: ['the loss is the mean of the losses of the held-out points', /./],
  },
  {
    fault: 'sends the sum of losses',
    mutation: runs(({ loss }) => ({ loss: 15 * loss })),
    found: [
      'the loss is the mean of the losses of the held-out points',
      /REAL_ONLY, seed 5: loss is .*, the mean of losses/,
    ],
  },
  {
    fault: 'sends losses in the order of the classes',
    mutation: runs(({ losses }) => ({ losses: mapFloats(losses, (values) => values.sort()) })),
    found: [ORDER, /the loss of a point is/],
  },
  {
    fault: 'sends losses and predictions in reverse order',
    mutation: runs(({ losses, predictions }) => ({
      losses: mapFloats(losses, (values) => values.reverse()),
      predictions: ofIntegers(predictions, (values) => values.reverse()),
    })),
    found: [AGREE, /the loss of point \d+ is/],
  },
  {
    fault: 'has losses of logits that are scaled',
    mutation: worse(() => 0.5),
    found: [AGREE, /-log of the probability of its class/],
  },
  {
    fault: 'sends column-major probabilities',
    mutation: runs(({ probabilities }) => ({
      probabilities: probabilities && { ...readColumnMajor(probabilities), shape: probabilities.shape },
    })),
    found: [AGREE, /./],
  },
  {
    fault: 'sends probabilities that do not sum to 1',
    mutation: runs(({ probabilities }) => ({ probabilities: probabilities && scaled(probabilities, 2) })),
    found: [
      'class probabilities, where they are offered when asked for, are distributions over the classes',
      /probabilities of point 0 are .*; right would be at least 0/,
    ],
  },
  {
    fault: 'sends half of the accuracy',
    mutation: runs(({ accuracy }) => ({ accuracy: accuracy / 2 })),
    found: [
      'predictions are classes, and the accuracy is the share that is right',
      /seed 5: accuracy is .*, the share/,
    ],
  },
  {
    fault: 'predicts a class that does not exist',
    mutation: runs(({ predictions }) => ({ predictions: ofIntegers(predictions, (values) => values.with(0, 3)) })),
    found: ['predictions are classes, and the accuracy is the share that is right', /the class 3 is predicted/],
  },
  {
    fault: 'lacks a run',
    mutation: changing('evaluate', {
      response: ({ report }) => ({ report: { ...report, runs: report.runs.slice(1) } }),
    }),
    found: ['a report has its fold, its engine, and one run for each arm and seed', /the runs are .*; right would be/],
  },
  {
    fault: 'shares random numbers between the seeds of a report',
    mutation: worse((_, index) => 1 + index / 100),
    found: ['an evaluation does not depend on the order of its seeds', ANOTHER],
  },
  {
    fault: 'lets other seeds into a run',
    mutation: worse((_, __, every) => 1 + every.length / 100),
    found: ['an evaluation does not depend on the other seeds', ANOTHER],
  },
  {
    fault: 'standardizes the real arm by synthetic points',
    mutation: changing('evaluate', {
      request(message, call) {
        if (message.part?.$case === 'synthetic') call['by'] = 1.01;
        return message;
      },
      response: ({ report }, call) => ({
        report: {
          ...report,
          runs: report.runs.map((run: Message) =>
            run.arm === QnnArm.REAL_ONLY ? { ...run, losses: scaled(run.losses, call['by'] ?? 1) } : run,
          ),
        },
      }),
    }),
    found: ['an evaluation does not depend on synthetic points in the arm without them', ANOTHER],
  },
  {
    fault: 'trains both arms on real points',
    mutation: changing('evaluate', {
      response({ report }) {
        const real = report.runs.filter(({ arm }: Message) => arm === QnnArm.REAL_ONLY);
        return {
          report: { ...report, runs: report.runs.map((run: Message, i: number) => ({ ...real[i % 2], arm: run.arm })) },
        };
      },
    }),
    found: ['an evaluation depends on the points of the first message of synthetic', /the list of scores is the same/],
  },
  {
    fault: 'depends on its fold',
    mutation: changing('evaluate', {
      response: ({ report }) => ({
        report: {
          ...report,
          runs: report.runs.map((run: Message) => ({ ...run, loss: run.loss + report.fold / 100 })),
        },
      }),
    }),
    found: ['an evaluation does not depend on its fold', ANOTHER],
  },
  ...ROLES.map((role): WrongImplementation => {
    const field = role === 'heldOut' ? 'held_out' : role;
    return {
      fault: `uses the last message of ${field} only`,
      mutation: changing('evaluate', lastOnly(role)),
      found: [`an evaluation does not depend on the split of ${field} points into three messages`, ANOTHER],
    };
  }),
  {
    fault: 'ignores its seeds',
    mutation: changing('evaluate', {
      request: (message, call) =>
        part(message, 'settings', (given) => {
          call['seeds'] = given.seeds;
          return { ...given, seeds: given.seeds.map(() => 1) };
        }),
    }),
    found: ['an evaluation depends on its seed', /the list of scores is the same/],
  },
  {
    fault: 'reads 16 bits of a seed',
    mutation: settings(({ seeds }) => ({ seeds: seeds.map((seed: number) => seed & 0xffff) })),
    found: ['an evaluation depends on the upper half of its seed', /is the same/],
  },
  {
    fault: 'draws from the random numbers of its process',
    mutation: (right, instance) => {
      let count = 0;
      return worse(() => 1 + count++ / 1000)(right, instance);
    },
    found: ['the same input gives the same report but for times', /the second time/],
  },
  {
    fault: 'keeps settings of the evaluation before',
    mutation: (right, instance) => {
      let before: Message;
      return settings(({ qnn }) => {
        const rate = before ?? qnn.learningRate;
        before = qnn.learningRate;
        return { qnn: { ...qnn, learningRate: rate } };
      })(right, instance);
    },
    found: ['an evaluation does not depend on earlier calls', ANOTHER],
  },
  {
    fault: 'mixes up evaluations that run at the same time',
    mutation: (right, instance) => {
      let rate = 0;
      return replacing('evaluate', (handler) => async (requests, context) => {
        const { report } = await handler(requests, context);
        return { report: { ...report, runs: report.runs.map((run: Message) => ({ ...run, loss: run.loss + rate })) } };
      })(
        settings((given) => {
          rate = given.seeds.length;
          return {};
        })(right, instance),
        instance,
      );
    },
    found: ['an evaluation does not depend on calls that run at the same time', ANOTHER],
  },
  {
    fault: 'has state that creeps in after 20 evaluations',
    mutation: (right, instance) => {
      let count = 0;
      return worse(() => (count++ < 20 ? 1 : 1.01))(right, instance);
    },
    found: ['an evaluation gives the same after 8 more', /the \d+\w\w time, the list of scores is another one/],
  },
  {
    fault: 'is seeded by its process',
    mutation: (right, instance) =>
      settings(({ seeds }) => ({ seeds: seeds.map((seed: number) => seed + instance) }))(right, instance),
    found: ['an evaluation at a second instance gives the same list of scores', ANOTHER],
  },
  {
    fault: 'has a limit that it does not keep',
    mutation: changing('getCapabilities', {
      response: ({ capabilities }) => ({ capabilities: { ...capabilities, limits: [{ name: 'qubits', maximum: 4 }] } }),
    }),
    found: ['an evaluation above the limit "qubits" is INVALID_ARGUMENT', /the call ended as OK/],
  },
  {
    fault: 'answers mistakes with NOT_FOUND',
    mutation: replacing('evaluate', (handler) => async (requests, context) => {
      try {
        return await handler(requests, context);
      } catch {
        throw new DomainError('not-found', 'a part');
      }
    }),
    found: ['an evaluation without settings is INVALID_ARGUMENT', /the call ended as NOT_FOUND: a part/],
  },
];
