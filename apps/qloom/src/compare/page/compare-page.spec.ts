import { type CellSpec, makeComparedCell, makeComparedCells } from '../../testing/compared-cells.ts';
import { unclosedTags } from '../../testing/unclosed-tags.ts';
import type { ComparedCell, ComparedCells } from '../compared-cells.ts';
import { compareCells } from '../result/compare-cells.ts';
import { renderComparePage } from './compare-page.ts';

const SOURCE = { command: 'qloom compare where.yaml', fileText: 'name: <where>\n', version: '0.1.0' };
const page = (compared: ComparedCells) => renderComparePage(compareCells(compared), SOURCE);
const SMALL: CellSpec = {
  group: 'annni',
  labels: 18,
  draws: 6,
  testCount: 200,
  realOnly: 0.9,
  gains: { noise: 0.01, qloom: 0.04, oracle: 0.06 },
};
const compare = (...cells: ComparedCell[]): ComparedCells => ({ name: 'small', seed: 1, cells });

describe('the page of a comparison', () => {
  const html = page(makeComparedCells());

  it('is one well-formed file that loads and runs nothing, with no figure that is NaN', () => {
    expect(html).not.toMatch(/<(script|link|img|iframe|object|embed)\b/);
    expect(html).not.toMatch(/https?:|url\(|@import/);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
    expect(unclosedTags(html)).toEqual([]);
    expect(Buffer.byteLength(html)).toBeLessThan(1_000_000);
  });

  it('gives every drawing its own title and description, and links to sections that exist', () => {
    const ids = [...html.matchAll(/aria-labelledby="(\S+)-title \1-desc"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(10);
    const links = [...html.matchAll(/<a href="#(\w+)"/g)].map((match) => match[1]);
    expect(links).toHaveLength(10);
    for (const id of links) expect(html).toContain(`<section id="${id}">`);
  });

  it('can be scrolled by keyboard where it is wider than the screen', () => {
    for (const [whole] of html.matchAll(/<div class="wide"[^>]*>/g)) expect(whole).toContain('tabindex="0"');
  });

  it('draws every arm of a curve in every cell, and the reason where there is no gap', () => {
    // 8 cells: real data only, Qloom, the best baseline and the oracle.
    expect(html.match(/class="whisker thin"/g)).toHaveLength(8 * 4);
    expect(html).toContain('no gap to close: true samples gain 0.2 points, less than one');
    expect(html).toContain('8 of 8');
  });

  it('speaks of a best baseline only where there is one', () => {
    expect(html).toContain('best baseline');
    const without = compare(makeComparedCell({ ...SMALL, gains: { qloom: 0.04, oracle: 0.06 } }));
    expect(page(without)).not.toContain('best baseline');
  });

  it('says what each interval covers', () => {
    expect(html).toContain('so that intervals cover this decision');
    const searched = page(compare({ ...makeComparedCell({ ...SMALL, episodes: 12 }) }));
    expect(searched).toContain('intervals are conditional on it');
    const [cell] = compare(makeComparedCell(SMALL)).cells;
    const once = page(compare({ ...cell, result: cell.result && { ...cell.result, choices: [] } }));
    expect(once).toContain('was decided once for all draws of a cell');
  });

  it.each<[string, ComparedCells, RegExp]>([
    ['no cell', compare(), /No cell has a result yet\./],
    ['no oracle', compare(makeComparedCell({ ...SMALL, gains: { noise: 0.01, qloom: 0.04 } })), /no oracle/],
    [
      'no arm of Qloom',
      compare(makeComparedCell({ ...SMALL, gains: { noise: 0.01 } })),
      /No cell has an arm of Qloom\./,
    ],
    ['no baseline', compare(makeComparedCell({ ...SMALL, gains: { qloom: 0.04 } })), /<h2>Scores against labels/],
    ['one draw', compare(makeComparedCell({ ...SMALL, draws: 1 })), /too few draws to claim anything/],
    [
      'a cell that failed and one that is open',
      compare(
        makeComparedCell(SMALL),
        {
          ...makeComparedCell({ ...SMALL, labels: 40 }),
          state: 'failed',
          message: 'a <b> diverged',
          result: undefined,
        },
        { ...makeComparedCell({ ...SMALL, labels: 80 }), state: 'open', result: undefined },
      ),
      /annni-n40: failed: a &lt;b&gt; diverged[\s\S]*annni-n80: no result yet/,
    ],
  ])('is made with %s', (_, compared, text) => {
    const made = page(compared);
    expect(made).toMatch(text);
    expect(made).not.toMatch(/NaN|undefined|Infinity/);
    expect(unclosedTags(made)).toEqual([]);
  });
});
