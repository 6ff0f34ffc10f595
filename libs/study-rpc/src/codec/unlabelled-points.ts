import type { UnlabelledPoints as UnlabelledMessage } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { UnlabelledPoints } from '@qloom/study/points/points.ts';
import { concatRows, MAX_CHUNK_BYTES } from '@qloom/tensor/rows.ts';
import { fromWire, type WireTensor } from '@qloom/tensor/wire-tensor.ts';
import { encodeTensor, wireTensor } from './tensors.ts';

/** Rows without labels from their source, in float64. */
export interface UnlabelledSource extends Omit<UnlabelledPoints, 'x'> {
  /** float64, row-major, shape [count, features]. */
  readonly x: Float64Array;
}

/** Messages for points without labels, each with at most 1 MiB of features; one message without rows if there are none. */
export function* encodeUnlabelled({
  count,
  features,
  x,
}: UnlabelledPoints | UnlabelledSource): Generator<UnlabelledMessage> {
  const rows = Math.max(1, Math.floor(MAX_CHUNK_BYTES / (x.BYTES_PER_ELEMENT * Math.max(1, features))));
  for (let start = 0; start === 0 || start < count; start += rows) {
    const end = Math.min(count, start + rows);
    yield { x: encodeTensor(x.subarray(start * features, end * features), [end - start, features]) };
  }
}

/** Collects the unlabelled points of a stream. */
export interface UnlabelledCollector<P = UnlabelledPoints> {
  /** Adds the next message. Throws an error that maps to INVALID_ARGUMENT if it is wrong. */
  add(message: UnlabelledMessage): void;
  /** Whether any message was added. */
  readonly started: boolean;
  /** All rows, checked to be finite. Throws if no message was added. */
  points(): P;
}

/** Creates a collector. `field` names the points in messages; `maxRows` is the maximum number of rows. */
export function createUnlabelledCollector(field: string, maxRows = 10_000_000): UnlabelledCollector {
  return collectUnlabelled(field, maxRows, (x) => fromWire(x, { dtype: 'float32', finite: true, field: `${field}.x` }));
}

/** {@link createUnlabelledCollector} for features in float32 or float64, which are converted to float64. */
export function createUnlabelledSourceCollector(field: string, maxRows: number): UnlabelledCollector<UnlabelledSource> {
  return collectUnlabelled(field, maxRows, (x) => {
    const expected = { finite: true, field: `${field}.x` };
    if (x.dtype === 'float32') return Float64Array.from(fromWire(x, { ...expected, dtype: 'float32' }));
    return fromWire(x, { ...expected, dtype: 'float64' });
  });
}

function collectUnlabelled<X>(
  field: string,
  maxRows: number,
  decodeFeatures: (x: WireTensor) => X,
): UnlabelledCollector<Omit<UnlabelledPoints, 'x'> & { readonly x: X }> {
  const parts: WireTensor[] = [];
  let rows = 0;
  return {
    add(message) {
      const x = wireTensor(message.x, `${field}.x`);
      if (x.shape.length !== 2) {
        refuse(`${field}.x`, `has ${x.shape.length} axes; right would be 2: [count, features]`);
      }
      rows += x.shape[0];
      if (rows > maxRows) refuse(field, `has more than ${maxRows} rows; right would be at most that`);
      parts.push(x);
    },
    get started() {
      return parts.length > 0;
    },
    points() {
      if (parts.length === 0) refuse(field, 'did not come; right would be at least one message');
      const whole = concatRows(parts, { field: `${field}.x` });
      const [count, features] = whole.shape;
      return { count, features, x: decodeFeatures(whole) };
    },
  };
}

function refuse(field: string, description: string): never {
  throw new ValidationError([{ field, description }]);
}
