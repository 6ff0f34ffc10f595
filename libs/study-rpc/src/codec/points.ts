import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { FieldViolation } from '@qloom/service-kit/faults/field-violations.ts';
import type { Points, SourcePoints } from '@qloom/study/points/points.ts';
import { concatRows, MAX_CHUNK_BYTES } from '@qloom/tensor/rows.ts';
import { fromWire, type WireTensor } from '@qloom/tensor/wire-tensor.ts';
import { encodeTensor, wireTensor } from './tensors.ts';

/** Messages for points, each with at most 1 MiB of features; one message without rows if there are none. */
export function* encodePoints(points: Points | SourcePoints): Generator<LabelledPoints> {
  const { count, features, classes, x, y, group } = points;
  const rows = Math.max(1, Math.floor(MAX_CHUNK_BYTES / (x.BYTES_PER_ELEMENT * Math.max(1, features))));
  for (let start = 0; start === 0 || start < count; start += rows) {
    const end = Math.min(count, start + rows);
    yield {
      x: encodeTensor(x.subarray(start * features, end * features), [end - start, features]),
      y: encodeTensor(y.subarray(start, end)),
      group: group === undefined ? undefined : encodeTensor(group.subarray(start, end)),
      classes,
    };
  }
}

/** Collects the points of a stream. */
export interface PointsCollector<P = Points> {
  /** Adds the next message. Throws an error that maps to INVALID_ARGUMENT if it is wrong. */
  add(message: LabelledPoints): void;
  /** Whether any message was added. */
  readonly started: boolean;
  /** All rows, checked: finite, labels below `classes`. Throws if no message was added. */
  points(): P;
}

/** Creates a collector. `field` names the points in messages; `maxRows` is the maximum number of rows. */
export function createPointsCollector(field: string, maxRows = 10_000_000): PointsCollector {
  return collectPoints(field, maxRows, (x) => fromWire(x, { dtype: 'float32', finite: true, field: `${field}.x` }));
}

/** {@link createPointsCollector} for features in float32 or float64, which are converted to float64. */
export function createSourcePointsCollector(field: string, maxRows: number): PointsCollector<SourcePoints> {
  return collectPoints(field, maxRows, (x) => {
    const expected = { finite: true, field: `${field}.x` };
    if (x.dtype === 'float32') return Float64Array.from(fromWire(x, { ...expected, dtype: 'float32' }));
    if (x.dtype === 'float64') return fromWire(x, { ...expected, dtype: 'float64' });
    return refuse(`${field}.x`, `dtype is ${x.dtype}; right would be float32 or float64`);
  });
}

function collectPoints<X>(
  field: string,
  maxRows: number,
  decodeFeatures: (x: WireTensor) => X,
): PointsCollector<Omit<Points, 'x'> & { readonly x: X }> {
  const x: WireTensor[] = [];
  const y: WireTensor[] = [];
  const group: WireTensor[] = [];
  let classes = 0;
  let rows = 0;
  return {
    add(message) {
      const values = wireTensor(message.x, `${field}.x`);
      const labels = wireTensor(message.y, `${field}.y`);
      if (values.shape.length !== 2)
        refuse(`${field}.x`, `has ${values.shape.length} axes; right would be 2: [count, features]`);
      checkRows(`${field}.y`, labels, values.shape[0]);
      if (message.classes < 1) refuse(`${field}.classes`, 'is 0; right would be at least 1');
      if (x.length > 0 && message.classes !== classes) {
        refuse(`${field}.classes`, `is ${message.classes} after ${classes}; right would be the same in every message`);
      }
      if (x.length > 0 && (message.group === undefined) !== (group.length === 0)) {
        refuse(`${field}.group`, 'is in some messages only; right would be in all or in none');
      }
      if (message.group !== undefined) {
        const groups = wireTensor(message.group, `${field}.group`);
        checkRows(`${field}.group`, groups, values.shape[0]);
        group.push(groups);
      }
      rows += values.shape[0];
      if (rows > maxRows) refuse(field, `has more than ${maxRows} rows; right would be at most that`);
      classes = message.classes;
      x.push(values);
      y.push(labels);
    },
    get started() {
      return x.length > 0;
    },
    points() {
      if (x.length === 0) refuse(field, 'did not come; right would be at least one message');
      const whole = concatRows(x, { field: `${field}.x` });
      const [count, features] = whole.shape;
      const labels = fromWire(concatRows(y, { field: `${field}.y` }), { dtype: 'int32', field: `${field}.y` });
      const wrong = labels.findIndex((label) => label < 0 || label >= classes);
      if (wrong >= 0) refuse(`${field}.y[${wrong}]`, `is ${labels[wrong]}; right would be 0 to ${classes - 1}`);
      return {
        count,
        features,
        classes,
        x: decodeFeatures(whole),
        y: labels,
        ...(group.length === 0
          ? {}
          : {
              group: fromWire(concatRows(group, { field: `${field}.group` }), {
                dtype: 'int32',
                field: `${field}.group`,
              }),
            }),
      };
    },
  };
}

function checkRows(field: string, tensor: WireTensor, rows: number): void {
  if (tensor.shape.length === 1 && tensor.shape[0] === rows) return;
  refuse(field, `has shape [${tensor.shape.join(', ')}]; right would be [${rows}], one entry a row of x`);
}

function refuse(field: string, description: string): never {
  const violation: FieldViolation = { field, description };
  throw new ValidationError([violation]);
}
