import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { covering, defaults, eachAlone } from './combinations.ts';
import { normalize } from './normalize.ts';
import { type Combination, describeCombination, OPTIONS, selected } from './options.ts';
import { buildCombination, parseManifests, renderChart } from './render.ts';
import { writeSchemas } from './schema-folder.ts';
import { describeWithTools, output, pathOf, toolsFolder } from './tools.ts';

const everything: Combination = Object.fromEntries(
  OPTIONS.map(({ name, choices }) => [name, Object.keys(choices)[name === 'images' ? 0 : 1]]),
);
// Every choice of every two options together; of every three in the long tests.
const strength = process.env['QLOOM_LONG_TESTS'] === '1' ? 3 : 2;
const rows = [defaults(), ...eachAlone(), everything, ...covering(strength)];
const combinations = [...new Map(rows.map((row) => [describeCombination(row), row]))];

/** One installation, rendered in both ways; filled by the comparisons and validated afterwards. */
interface Rendered {
  readonly title: string;
  readonly overlay: string;
  readonly chart: string;
}

describeWithTools('base and chart', ['helm', 'kubeconform', 'kube-score'], () => {
  let folder: TempFolder;
  const rendered: Rendered[] = [];

  beforeAll(async () => {
    folder = await createTempFolder();
  });
  afterAll(() => folder.remove());

  it.each(combinations)('give the same objects with %s', async (title, combination) => {
    const [overlay, chart] = await Promise.all([
      buildCombination(combination),
      renderChart(selected(combination).values),
    ]);
    rendered.push({ title, overlay, chart });
    expect(normalize(parseManifests(chart))).toEqual(normalize(parseManifests(overlay)));
  });

  it('fit the schemas of Kubernetes and of the custom resources, without unknown fields', async () => {
    const schemas = folder.file('schemas');
    const manifests = folder.file('manifests');
    for (const path of [schemas, manifests]) mkdirSync(path);
    writeSchemas(toolsFolder!, schemas);
    rendered.forEach(({ overlay, chart }, i) => {
      writeFileSync(`${manifests}/${i}-overlay.yaml`, overlay);
      writeFileSync(`${manifests}/${i}-chart.yaml`, chart);
    });
    const location = `${schemas}/{{ .ResourceKind }}{{ .KindSuffix }}.json`;
    const report = await output(
      pathOf('kubeconform'),
      ['-strict', '-output', 'json', '-summary', '-schema-location', location, manifests],
      { accepted: [1] },
    );
    const { resources = [], summary } = JSON.parse(report);
    expect(resources).toEqual([]);
    expect(summary).toMatchObject({ invalid: 0, errors: 0, skipped: 0 });
    expect(rendered).toHaveLength(combinations.length);
    expect(summary.valid).toBeGreaterThan(rendered.length * 2 * 20);
  });

  it.each(['overlay', 'chart'] as const)('have nothing critical for kube-score: %s', async (way) => {
    const left = rendered.values();
    const critical: string[] = [];
    const work = async (): Promise<void> => {
      for (const one of left) {
        const given = ['score', '--output-format', 'ci', '--kubernetes-version', 'v1.37', '-'];
        const lines = await output(pathOf('kube-score'), given, { accepted: [1], input: one[way] });
        critical.push(
          ...lines.split('\n').flatMap((line) => (/^\[CRITICAL\]/.test(line) ? `${line} (${one.title})` : [])),
        );
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, work));
    expect(rendered).toHaveLength(combinations.length);
    expect(critical).toEqual([]);
  });
});
