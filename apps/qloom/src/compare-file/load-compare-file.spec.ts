import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseStudyFile } from '../study-file/load-study-file.ts';
import { loadCompareFile, parseCompareFile } from './load-compare-file.ts';

const parse = (text: string) => parseCompareFile('c.yaml', text, {});

const TWO_TASKS = `name: two
seed: 3
defaults:
  data: { test: 100 }
  qnn: { layers: 2 }
  space: { synthRatio: { min: 1, max: 4 } }
cells:
  - data: { task: two-curves }
    labels: [20, 40]
    qnn: { steps: 30 }
    space: { synthRatio: { max: 2 } }
  - name: phases
    data: { task: annni, test: 60 }
    labels: [18]
    seeds: [7, 8]
`;

describe('a compare file', () => {
  it('has one study for each cell, number of labels and seed, with the defaults merged in', async () => {
    const { name, seed, cells } = await parse(TWO_TASKS);
    expect([name, seed]).toEqual(['two', 3]);
    expect(cells.map(({ cell: { id, group, task, labels } }) => [id, group, task, labels])).toEqual([
      ['two-two-curves-n20', 'two-curves', 'two-curves', 20],
      ['two-two-curves-n40', 'two-curves', 'two-curves', 40],
      ['two-phases-n18-s7', 'phases', 'annni', 18],
      ['two-phases-n18-s8', 'phases', 'annni', 18],
    ]);
    expect(cells[0].loaded.study).toEqual({
      name: 'two-two-curves-n20',
      seed: cells[0].cell.seed,
      data: { task: 'two-curves', test: 100, labels: 20 },
      qnn: { layers: 2, steps: 30 },
      space: { synthRatio: { min: 1, max: 2 } },
    });
    expect(cells[2].loaded.study.data).toEqual({ task: 'annni', test: 60, labels: 18 });
    expect(cells.slice(2).map(({ loaded }) => loaded.study.seed)).toEqual([7, 8]);
  });

  it('derives the seed of a cell from its name and the seed of the compare, not from its place', async () => {
    const seeds = async (text: string) =>
      Object.fromEntries((await parse(text)).cells.map(({ cell }) => [cell.name, cell.seed]));
    const first = await seeds(TWO_TASKS);
    const only = await seeds('name: two\nseed: 3\ncells: [{ data: { task: two-curves }, labels: [40] }]');
    expect(only['two-curves-n40']).toBe(first['two-curves-n40']);
    expect(first['two-curves-n20']).not.toBe(first['two-curves-n40']);
    expect((await seeds(TWO_TASKS.replace('seed: 3', 'seed: 4')))['two-curves-n40']).not.toBe(first['two-curves-n40']);
  });

  it('gives each cell a study file of its own, with absolute paths', async () => {
    const data = 'csv: my points.csv, testCsv: t.csv, unlabelled: u.csv, simulator: /elsewhere/s.csv, label: y';
    const { cells } = await parseCompareFile('/data/c.yaml', `cells: [{ data: { ${data} } }]`, {});
    const [{ cell, loaded }] = cells;
    expect([cell.id, cell.labels]).toEqual(['c-my-points', undefined]);
    expect(parseStudyFile('study.yaml', loaded.text, {}).study).toEqual({
      ...cell.study,
      data: {
        csv: '/data/my points.csv',
        testCsv: '/data/t.csv',
        unlabelled: '/data/u.csv',
        simulator: '/elsewhere/s.csv',
        label: 'y',
      },
    });
  });

  it('may name baselines and policies of services of its own, and is refused with the line where it has none', async () => {
    const text =
      'defaults:\n  evaluation: { rivals: [noise, moments] }\ncells:\n  - { data: { task: annni }, labels: [20, 40] }\n';
    const refused = 'c.yaml:2: cell annni-n20 and 1 more: evaluation.rivals[1]: "moments" is not one of cvae, prior,';
    await expect(parse(text)).rejects.toThrow(refused);
    await expect(parse(`${text}services: { policy: 127.0.0.1:7001 }`)).rejects.toThrow(refused);
    const { cells } = await parse(`${text}services: { generator: 127.0.0.1:7001 }`);
    expect(cells.map(({ loaded }) => loaded.study.evaluation?.rivals)).toEqual([
      ['noise', 'moments'],
      ['noise', 'moments'],
    ]);
    const ofPolicy = 'cells: [{ data: { task: annni }, labels: [20], policy: mine }]\n';
    await expect(parse(ofPolicy)).rejects.toThrow('policy: "mine" is not one of');
    expect((await parse(`${ofPolicy}services: { policy: 127.0.0.1:7001 }`)).cells).toHaveLength(1);
  });

  it('shortens a long id to 63 characters, different for different cells', async () => {
    const name = 'n'.repeat(63);
    const { cells } = await parse(`name: ${name}\ncells: [{ name: ${name}, data: { task: annni }, labels: [20, 40] }]`);
    const ids = cells.map(({ cell }) => cell.id);
    expect(ids.map((id) => id.length)).toEqual([63, 63]);
    expect(new Set(ids).size).toBe(2);
  });

  it.each([
    ['cells: []', 'c.yaml:1: cells: has 0 entries; at least 1 are right'],
    ['name: x', 'c.yaml: cells: is missing'],
    [
      'cells: [{ data: { task: annni }, lables: [20] }]',
      'c.yaml:1: cells[0].lables: no such field; did you mean "labels"?',
    ],
    [
      'defaults: { qnn: { layers: 99 } }\ncells:\n  - data: { task: annni }',
      'c.yaml:1: defaults.qnn.layers: 99 is above the maximum 64',
    ],
    ['cells: [{ data: { task: annni }, labels: [20, 3] }]', 'c.yaml:1: cells[0].labels[1]: 3 is below the minimum 6'],
    [
      'cells:\n  - data: { task: annni }\n    episodes: 4\n    sobol: 9\n    labels:\n      - 20\n      - 40',
      'c.yaml:4: cell annni-n20 and 1 more: sobol: 9 is above the number of episodes 4',
    ],
    [
      'defaults:\n  reward: { form: constrained }\ncells:\n  - data: { task: annni }\n    labels: [20]\n    reward: { weights: [1, 1, 1, 1] }',
      'c.yaml:6: cell annni-n20: reward.weights: belong to paper-literal and paper-corrected, not to constrained',
    ],
    ['cells:\n  - data: { task: annni }', 'c.yaml:2: cell annni: data: labels is missing'],
    ['cells:\n  - labels: [20]', 'c.yaml:2: cell cell-n20: data: has neither task nor csv'],
    [
      'cells:\n  - { data: { task: annni }, labels: [20] }\n  - { data: { task: annni, test: 9 }, labels: [20] }',
      'c.yaml:3: cells[1]: cell annni-n20 is in cells[0] already; give one of the two another name',
    ],
  ])('is refused with line and cell: %j', async (text, message) => {
    await expect(parse(text)).rejects.toThrow(message);
  });
});

it.each(['labels', 'quickstart-seeds', 'search', 'sources'])('examples/evidence/%s.yaml is one', async (name) => {
  const path = fileURLToPath(new URL(`../../../../examples/evidence/${name}.yaml`, import.meta.url));
  const { cells } = await loadCompareFile(path, {});
  expect(cells.length).toBeGreaterThan(3);
  expect(new Set(cells.map(({ cell }) => cell.name)).size).toBe(cells.length);
});

it('examples/compare/small.yaml is one', async () => {
  const path = fileURLToPath(new URL('../../../../examples/compare/small.yaml', import.meta.url));
  expect((await loadCompareFile(join(path), {})).cells.map(({ cell }) => cell.name)).toEqual([
    'hidden-manifold-n20',
    'hidden-manifold-n80',
    'annni-n18',
    'annni-n40',
  ]);
});
