import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { joinedPoints } from '../message-faults.ts';
import {
  all,
  bigEndian,
  changing,
  columnMajor,
  mapFloats,
  part,
  readColumnMajor,
  type WrongImplementation,
} from '../mutation.ts';
import { handles, moved, moving, ofX, reads, sends, settings } from './generator-mutations.ts';

const UNITS = 'sampled points are in the units of the training points, feature by feature';
const OUTSIDE = /feature \d of a point is .*, where those of the training points are/;
const ANOTHER = /the (model|points).* is another one/;
const REPEATED = 'a sample gives the same after 64 more';

/** Wrong implementations of Sample, each with the check that finds it. */
export const WRONG_SAMPLES: readonly WrongImplementation[] = [
  { fault: 'reads big-endian floats', mutation: reads(bigEndian), found: [UNITS, OUTSIDE] },
  { fault: 'sends big-endian floats', mutation: sends(bigEndian), found: [UNITS, /./] },
  {
    fault: 'reads and sends big-endian floats',
    mutation: all(reads(bigEndian), sends(bigEndian)),
    found: [UNITS, /./],
  },
  { fault: 'reads column-major points', mutation: reads(readColumnMajor), found: [UNITS, OUTSIDE] },
  { fault: 'sends column-major points', mutation: sends(columnMajor), found: [UNITS, OUTSIDE] },
  {
    fault: 'sends a value far outside the bounds',
    mutation: sends((x) => mapFloats(x, (values) => values.with(4, 30 * values[4]))),
    found: ['sampled points do not lie far outside the bounds of their features', OUTSIDE],
  },
  {
    fault: 'computes in half precision',
    mutation: sends((x) => mapFloats(x, (values) => values.map((value) => (value > 65_504 ? Infinity : value)))),
    found: ['points with values of a million are fitted and sampled', /finite|Infinity/],
  },
  {
    fault: 'swaps two classes',
    mutation: changing('fit', {
      request: (message) =>
        part(message, 'training', ({ y, ...points }) => {
          const data = Buffer.from(y.data).map((byte) => [0, 2, 1][byte]);
          return { ...points, y: { ...y, data: Buffer.from(data) } };
        }),
    }),
    found: ['sampled points resemble the training points of their class', /nearest to the mean of their class/],
  },
  {
    fault: 'has models that are handles into the memory of its process',
    mutation: handles(['fit', 'model'], ['sample', 'model']),
    found: ['a sample at a second instance gives the same points', /INVALID_ARGUMENT|INTERNAL/],
  },
  {
    fault: 'sends samples in one message of any size',
    mutation: changing('sample', joinedPoints()),
    found: ['a sample of more than 1 MiB comes in several messages', /bytes in one message/],
  },
  {
    fault: 'mixes up samplings that run at the same time',
    mutation: (right, instance) => {
      let seed = 0;
      return all(
        settings('sample', (given) => {
          seed = given.seed;
          return {};
        }),
        changing('sample', { response: (message) => ofX('points', moved(seed))(message) }),
      )(right, instance);
    },
    found: ['a sample does not depend on calls that run at the same time', ANOTHER],
  },
  {
    fault: 'has state that creeps in after 40 samplings',
    mutation: (right, instance) => {
      let count = 0;
      return moving(() => (count++ < 40 ? 0 : 1e-3))(right, instance);
    },
    found: [REPEATED, /the \d+\w\w time, the points is another one/],
  },
  {
    fault: 'samples the model of the last fit with other deviations',
    mutation: (right, instance) => {
      let before = 0;
      return moving(({ classCounts }) => {
        const by = before % 7 === 0 ? 0 : 1e-3;
        before = classCounts[0];
        return by;
      })(right, instance);
    },
    found: ['a sample does not depend on earlier calls', ANOTHER],
  },
  {
    fault: 'draws from the random numbers of its process',
    mutation: (right, instance) => {
      let state = 0;
      return settings('sample', ({ seed }) => ({ seed: seed + state++ }))(right, instance);
    },
    found: ['the same model and seed give the same points, bit for bit', /the second sample is another/],
  },
  {
    fault: 'is seeded by its process',
    mutation: (right, instance) => settings('sample', ({ seed }) => ({ seed: seed + instance }))(right, instance),
    found: ['a sample at a second instance gives the same points', ANOTHER],
  },
  {
    fault: 'reads 16 bits of a seed',
    mutation: settings('sample', ({ seed }) => ({ seed: seed & 0xffff })),
    found: ['a sample depends on the upper half of its seed', /the points is the same/],
  },
  {
    fault: 'reads 31 bits of a seed',
    mutation: settings('sample', ({ seed }) => ({ seed: seed & 0x7fffffff })),
    found: ['a sample depends on the highest bit of its seed', /the points is the same/],
  },
  {
    fault: 'takes seed 0 for no seed',
    mutation: settings('sample', ({ seed }) => ({ seed: seed || 1 })),
    found: ['a sample depends on a seed of 0', /the points is the same/],
  },
  {
    fault: 'divides by the width of a constant feature',
    mutation: sends((x) => mapFloats(x, (values) => values.map((value) => (value === 2.5 ? Number.NaN : value)))),
    found: ['points with a constant feature are fitted and sampled', /finite|NaN/],
  },
  {
    fault: 'expects a point of every class',
    mutation: changing('fit', {
      request(message) {
        const y =
          message.part?.$case === 'training' ? new Int32Array(new Uint8Array(message.part.value.y.data).buffer) : [1];
        if (!y.includes(1) && y.length > 1) throw new DomainError('invalid', 'class 1 has no points');
        return message;
      },
    }),
    found: ['points of which one class has no point are fitted and sampled', /INVALID_ARGUMENT/],
  },
  {
    fault: 'sends a point less than was asked for',
    mutation: settings('sample', ({ classCounts }) => ({ classCounts: classCounts.with(2, classCounts[2] - 1) })),
    found: [
      'a sample has the class counts that were asked for, class by class',
      /are 7, 0, 11; right would be 7, 0, 12/,
    ],
  },
  {
    fault: 'is deaf to its seed',
    mutation: settings('sample', () => ({ seed: 1 })),
    found: ['another seed gives other points', /seeds 3 and 4 give the same/],
  },
];
