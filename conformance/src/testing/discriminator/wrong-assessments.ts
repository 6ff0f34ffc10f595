import { lastOnly } from '../message-faults.ts';
import {
  all,
  bigEndian,
  changing,
  type Message,
  type Mutation,
  part,
  readColumnMajor,
  type WrongImplementation,
} from '../mutation.ts';

const ROLES = ['training', 'heldOut', 'synthetic'];
/** Points of every role read in another way. */
const reads = (change: (tensor: Message) => Message): Mutation =>
  all(
    ...ROLES.map((role) =>
      changing('assess', {
        request: (message) => part(message, role, (points) => ({ ...points, x: change(points.x) })),
      }),
    ),
  );
const reports = (change: (report: Message) => Message): Mutation =>
  changing('assess', { response: ({ report }) => ({ report: { ...report, ...change(report) } }) });
const constraint = (name: string, change: (value: number) => number): Mutation =>
  reports(({ constraints }) => ({
    constraints: constraints.map((one: Message) => (one.name === name ? { name, value: change(one.value) } : one)),
  }));

const ANOTHER = /the report.* is another one/;

/** Wrong assessments, each with the check that finds it. */
export const WRONG_ASSESSMENTS: readonly WrongImplementation[] = [
  {
    fault: 'reads big-endian points',
    mutation: reads(bigEndian),
    found: ['points far from every real one have a lower fidelity than other points of the same clouds', /./],
  },
  {
    fault: 'reads column-major points',
    mutation: reads(readColumnMajor),
    found: [
      'points whose columns are exchanged have as low a fidelity as points that lie far away',
      /tensors are row-major/,
    ],
  },
  ...['fidelity', 'diversity', 'imbalance', 'memorization'].map((name): WrongImplementation => {
    const worse = {
      fidelity: 'points far from every real one',
      diversity: 'one point again and again',
      imbalance: 'points of a single class',
      memorization: 'copies of training points',
    };
    return {
      fault: `has a ${name} that is lower for better points`,
      mutation: constraint(name, (value) => -value),
      found: [
        `${worse[name as keyof typeof worse]} have a lower ${name} than other points of the same clouds`,
        /higher is better/,
      ],
    };
  }),
  {
    fault: 'lacks a constraint',
    mutation: reports(({ constraints }) => ({ constraints: constraints.slice(1) })),
    found: [
      'a report has its fold, the number of synthetic points, every constraint and its null',
      /constraints lack diversity/,
    ],
  },
  {
    fault: 'divides by the number of synthetic points where there are none',
    mutation: reports(({ constraints, syntheticCount }) =>
      syntheticCount > 0 ? {} : { constraints: constraints.map((one: Message) => ({ ...one, value: Number.NaN })) },
    ),
    found: ['without synthetic points there is a report of "nothing added"', /is NaN/],
  },
  {
    fault: 'has no covariance of two points',
    mutation: reports(({ syntheticCount, metrics }) => ({
      metrics: syntheticCount === 2 ? [{ name: 'covariance', value: Number.NaN }] : metrics,
    })),
    found: ['points of which two are synthetic are assessed', /covariance in metrics is NaN/],
  },
  {
    fault: 'depends on its fold',
    mutation: reports(({ fold }) => ({ metrics: [{ name: 'auditor.auc', value: 0.5 + fold / 100 }] })),
    found: ['an assessment does not depend on its fold', ANOTHER],
  },
  ...ROLES.map((role): WrongImplementation => {
    const field = role === 'heldOut' ? 'held_out' : role;
    return {
      fault: `uses the last message of ${field} only`,
      mutation: changing('assess', lastOnly(role)),
      found: [`an assessment depends on the points of the first message of ${field}`, /the report is the same/],
    };
  }),
  {
    fault: 'has a null distribution from the random numbers of its process',
    mutation: (right, instance) => {
      let calls = 0;
      return reports(() => ({ metrics: [{ name: 'auditor.auc', value: calls++ }] }))(right, instance);
    },
    found: ['an assessment gives the same after 10 more', /the 2nd time, the report is another one/],
  },
  {
    fault: 'counts assessments that run at the same time as one',
    mutation: (right, instance) => {
      let running = 0;
      return changing('assess', {
        request(message) {
          if (message.part?.$case === 'settings') running++;
          return message;
        },
        response({ report }) {
          const alone = running-- === 1;
          return { report: { ...report, metrics: [{ name: 'auditor.auc', value: alone ? 0.5 : 0.6 }] } };
        },
      })(right, instance);
    },
    found: ['an assessment does not depend on calls that run at the same time', ANOTHER],
  },
  {
    fault: 'is seeded by its process',
    mutation: (right, instance) =>
      reports(() => ({ metrics: [{ name: 'auditor.auc', value: instance }] }))(right, instance),
    found: ['an assessment at a second instance gives the same report', ANOTHER],
  },
];
