import { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { toCsv } from './synthetic-set.ts';

describe('toCsv', () => {
  const points = { count: 2, features: 2, classes: 2, x: Float32Array.of(0.5, -1, 2, 0.25), y: Int32Array.of(1, 0) };

  it('has a header, a row a point, and classes by name, quoted where they must be', () => {
    const description = DataDescription.fromPartial({ featureNames: ['Z0', 'label'], classNames: ['a,b', 'say "c"'] });
    expect(toCsv(points, description)).toBe('Z0,label,class_label\n0.5,-1,"say ""c"""\n2,0.25,"a,b"\n');
  });

  it('names columns and classes by number where nobody named them', () => {
    expect(toCsv(points, DataDescription.fromPartial({}))).toBe('x0,x1,label\n0.5,-1,1\n2,0.25,0\n');
  });
});
