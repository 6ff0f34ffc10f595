import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { pointsMessage } from './small-points.ts';

/** The rows `from` to `to` of points. */
export function rowsOf({ features, classes, x, y }: Points, from: number, to: number): Points {
  const part = y.slice(from, to);
  return { count: part.length, features, classes, x: x.slice(from * features, to * features), y: part };
}

/** The points in messages of these numbers of rows; 0 is an empty message. */
export function inMessages(points: Points, counts: readonly number[]): LabelledPoints[] {
  let from = 0;
  return counts.map((count) => {
    const message = pointsMessage(rowsOf(points, from, from + count));
    from += count;
    return message;
  });
}

/** Ways to split n rows into messages, each of which means the same. */
export function waysToSplit(count: number): readonly { readonly what: string; readonly counts: readonly number[] }[] {
  const third = Math.floor(count / 3);
  return [
    { what: 'three messages', counts: [third, third, count - 2 * third] },
    { what: 'one message a row', counts: new Array<number>(count).fill(1) },
    { what: 'messages of which one is empty', counts: [third, 0, count - third] },
  ];
}

/** The points with other values in the rows `from` to `to`. */
export function moved(points: Points, from: number, to: number, by = 0.4): Points {
  const { features } = points;
  const x = points.x.map((value, i) => (i >= from * features && i < to * features ? value + by : value));
  return { ...points, x };
}

/** The points with other labels: of the label and the index. */
export function relabelled(points: Points, of: (label: number, index: number) => number): Points {
  return { ...points, y: points.y.map(of) };
}

/** The points as points of a single class. */
export function oneClass(points: Points): Points {
  return { ...points, classes: 1, y: new Int32Array(points.count) };
}

/** The points with other values: of the value, its column and its label. */
export function columns(points: Points, of: (value: number, column: number, label: number) => number): Points {
  const { features, x, y } = points;
  return { ...points, x: x.map((value, i) => of(value, i % features, y[Math.floor(i / features)])) };
}
