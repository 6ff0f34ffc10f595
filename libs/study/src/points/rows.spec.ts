import fc from 'fast-check';
import { balancedQuotas, proportionalQuotas } from '../synthesis/quotas.ts';
import { contentHash } from './content-hash.ts';
import type { Points } from './points.ts';
import { classCounts, concatenateRows, selectRows } from './rows.ts';

const points: Points = {
  count: 3,
  features: 2,
  classes: 3,
  x: Float32Array.of(1, 2, 3, 4, 5, 6),
  y: Int32Array.of(0, 2, 2),
  group: Int32Array.of(7, 8, 9),
};

describe('rows', () => {
  it('are selected, repeated and concatenated with labels and groups', () => {
    const chosen = selectRows(points, [2, 0, 2]);
    expect([...chosen.x]).toEqual([5, 6, 1, 2, 5, 6]);
    expect([...chosen.y]).toEqual([2, 0, 2]);
    expect([...(chosen.group ?? [])]).toEqual([9, 7, 9]);
    expect(concatenateRows([selectRows(points, [0]), selectRows(points, [1, 2])])).toEqual(points);
    expect(classCounts(points)).toEqual([1, 0, 2]);
  });

  it('lose their groups when concatenated with rows that have none', () => {
    const { group: _, ...plain } = points;
    expect(concatenateRows([points, plain]).group).toBeUndefined();
  });

  it('are refused out of range or with other features', () => {
    expect(() => selectRows(points, [3])).toThrow('row 3 is not in 0 … 2');
    expect(() => concatenateRows([points, { ...points, classes: 2 }])).toThrow('they must agree');
  });
});

describe('contentHash', () => {
  it('changes with any value, label, group or shape, and only with these', () => {
    const copy = selectRows(points, [0, 1, 2]);
    expect(contentHash(copy)).toBe(contentHash(points));
    const { group: _, ...plain } = points;
    const others: Points[] = [
      plain,
      { ...points, x: Float32Array.of(1, 2, 3, 4, 5, 7) },
      { ...points, y: Int32Array.of(0, 2, 1) },
      { ...points, group: Int32Array.of(7, 8, 8) },
      { ...points, classes: 4 },
    ];
    expect(new Set([points, ...others].map(contentHash)).size).toBe(6);
  });

  it('agrees with sha256sum of the same bytes', () => {
    // python: hashlib.sha256(b'points/1 1 1 2 plain\n' + struct.pack('<fi', 0.5, 1)).hexdigest()
    const one: Points = { count: 1, features: 1, classes: 2, x: Float32Array.of(0.5), y: Int32Array.of(1) };
    expect(contentHash(one)).toBe('sha256:3ce6f4af7575c58d9e79939f366032525858dda9fd8e9b5f56c68a3038093e38');
  });
});

describe('quotas', () => {
  it('sum to the total and differ from the exact share by less than one', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.array(fc.nat(50), { minLength: 1, maxLength: 8 }), (total, weights) => {
        const sum = weights.reduce((a, b) => a + b, 0);
        fc.pre(sum > 0);
        const quotas = proportionalQuotas(total, weights);
        expect(quotas.reduce((a, b) => a + b, 0)).toBe(total);
        quotas.forEach((quota, i) => {
          expect(Math.abs(quota - (total * weights[i]) / sum)).toBeLessThan(1);
        });
      }),
    );
    expect(balancedQuotas(40, 3)).toEqual([14, 13, 13]);
  });
});
