import type { FitResponse, SampleResponse } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { DomainError, ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { createPointsCollector, encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';

/** Faults of a toy generator. */
export type GeneratorFault =
  | 'counts'
  | 'not deterministic'
  | 'deaf to its seed'
  | 'status'
  | 'model hash'
  | 'summary first';

type Part = NonNullable<FitResponse['part']>;

const FIT = [
  ['settings', 'once'],
  ['training', 'some'],
  ['resume', 'any'],
] as const;
const SAMPLE = [
  ['settings', 'once'],
  ['model', 'some'],
] as const;

/** A generator that samples its training points again, with or without one fault. */
export function toyGenerator(fault?: GeneratorFault): ServiceBinding {
  let calls = 0;
  const refuse = (field: string): never => {
    if (fault === 'status') throw new DomainError('internal', 'boom');
    throw new ValidationError([{ field, description: 'is missing' }]);
  };
  const orFault = <T>(reading: Promise<T>): Promise<T> =>
    reading.catch((error) => {
      throw fault === 'status' ? new DomainError('internal', 'boom') : error;
    });
  return bindService(GeneratorServiceService, {
    getCapabilities: () => ({
      capabilities: { service: 'toy', version: '1.0.0', engines: [], limits: [], hyperparameters: [] },
      methods: [],
    }),
    async *fit(requests) {
      const training = createPointsCollector('training');
      await orFault(readParts(requests, FIT, { training: training.add }));
      const model = Buffer.from(JSON.stringify(asJson(training.points())));
      const summary = { steps: 1, selectedStep: 1, values: [], seconds: 0, resumedFromStep: 0 };
      const last: Part = { $case: 'summary', value: summary };
      if (fault === 'summary first') yield { part: last };
      for (const chunk of encodeBytes(model)) {
        const sha256 = fault === 'model hash' ? '0'.repeat(64) : chunk.sha256;
        yield { part: { $case: 'model', value: { ...chunk, sha256 } } };
      }
      if (fault !== 'summary first') yield { part: last };
    },
    async *sample(requests): AsyncGenerator<SampleResponse> {
      const model = createByteAssembler('model');
      const { settings } = await orFault(readParts(requests, SAMPLE, { model: model.add }));
      const { classCounts: counts, seed } = settings;
      const training = read(model.bytes()) ?? refuse('model');
      if (counts.length !== training.classes) refuse('settings.class_counts');
      const turn = fault === 'deaf to its seed' ? 0 : seed;
      const points = pick(training, counts, turn + (fault === 'not deterministic' ? calls++ : 0), fault === 'counts');
      for (const value of encodePoints(points)) yield { part: { $case: 'points', value } };
      const { count } = points;
      yield { part: { $case: 'summary', value: { count, drawn: count, acceptance: 1, forced: 0 } } };
    },
  });
}

const asJson = ({ x, y, ...sizes }: Points) => ({ ...sizes, x: [...x], y: [...y] });

function read(bytes: Uint8Array): Points | undefined {
  try {
    const { x, y, ...sizes } = JSON.parse(new TextDecoder().decode(bytes));
    return { ...sizes, x: Float32Array.from(x), y: Int32Array.from(y) };
  } catch {
    return undefined;
  }
}

/** Rows of each class in turn, from row `turn`; `short` omits one of the last class. */
function pick({ features, classes, x, y }: Points, counts: number[], turn: number, short: boolean): Points {
  const rows = counts.flatMap((count, label) => {
    const own = [...y.keys()].filter((row) => y[row] === label);
    return Array.from({ length: count }, (_, i) => own[(turn + i) % own.length]);
  });
  if (short) rows.pop();
  const taken = rows.flatMap((row) => [...x.subarray(row * features, (row + 1) * features)]);
  return { count: rows.length, features, classes, x: Float32Array.from(taken), y: Int32Array.from(rows, (r) => y[r]) };
}
