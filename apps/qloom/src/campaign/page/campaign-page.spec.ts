import { readFileSync, writeFileSync } from 'node:fs';
import { Campaign, CampaignPoint, PointState } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { unclosedTags } from '../../testing/unclosed-tags.ts';
import { writeCampaignPage } from '../write-campaign-page.ts';

const CLASSES = ['<low>', 'high'];

/** A campaign on two features, whose class is the sign of the first one. */
function campaignOf(labels: number, qnn: object = { qubits: 2, layers: 1, steps: 60 }): [Campaign, CampaignPoint[]] {
  const campaign = Campaign.fromJSON({
    id: 'phases',
    settings: { seed: 1, classNames: CLASSES, budget: 99, batch: 4, acquisition: 'entropy', randomShare: 0.25, qnn },
    poolSize: 200,
    featureNames: ['field', 'κ & λ'],
    labelled: labels,
    classCounts: [0, labels],
    createTime: '2026-12-01T10:00:00Z',
  });
  const points = Array.from({ length: labels + 1 }, (_, i) => {
    const features = [Math.sin(7 * i + 1), Math.cos(5 * i)];
    return CampaignPoint.fromPartial({
      asked: { point: `p${i}`, features, chosenBy: i % 3 === 0 ? 'random' : 'entropy', score: 1 },
      state: i === labels ? PointState.PENDING : PointState.LABELLED,
      holder: 'ann',
      teller: i % 2 === 0 ? 'ann' : 'bob & co',
      label: CLASSES[features[0] < 0 ? 0 : 1],
      tellTime: new Date('2026-12-01T11:30:00Z'),
      provenance: { backend: 'cryostat', shots: 64 },
      answers: i === 0 ? 2 : 1,
    });
  });
  return [campaign, points];
}

let folder: TempFolder;
beforeAll(async () => {
  folder = await createTempFolder();
});
afterAll(() => folder.remove());

async function pageOf([campaign, points]: [Campaign, CampaignPoint[]], test?: string) {
  const page = folder.file('page.html');
  const { signal } = new AbortController();
  const seen: number[] = [];
  const curves = await writeCampaignPage(campaign, points, {
    page,
    test,
    signal,
    onProgress: (done) => seen.push(done),
  });
  return { curves, seen, html: readFileSync(page, 'utf8') };
}

describe('the page of a campaign', () => {
  it('is one well-formed file that loads nothing, with what the labels are worth', async () => {
    const { curves, seen, html } = await pageOf(campaignOf(40));
    expect(html).not.toMatch(/<(script|link|img|iframe|object|embed)\b|https?:|url\(|@import|NaN|undefined|Infinity/);
    expect(unclosedTags(html)).toEqual([]);
    expect(html).toContain('&lt;low&gt;');
    expect(html).toContain('bob &amp; co');
    expect(html).toContain('on the 14 points that were chosen at random');
    expect(seen).toEqual(Array.from(seen, (_, i) => i + 1));
    // Signs are easy: with all labels a QNN is right on nearly all points.
    expect(curves?.campaign.at(-1)?.accuracy.estimate).toBeGreaterThan(0.8);
    expect((await pageOf(campaignOf(40))).html).toBe(html);
  });

  it('measures on points of a file, by the names of its columns', async () => {
    const test = folder.file('test.csv');
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 3},${i % 2 === 0 ? -1 : 1},${CLASSES[i % 2]}`);
    writeFileSync(test, `κ & λ,field,label\n${rows.join('\n')}\n`);
    const { curves, html } = await pageOf(campaignOf(12), test);
    expect(curves).toMatchObject({ measuredOn: 'test', measuredPoints: 60 });
    expect(html).toContain('on 60 points of a file of their own');
    writeFileSync(test, 'κ & λ,field,label\n1,2,other\n');
    await expect(pageOf(campaignOf(12), test)).rejects.toThrow(/--test: .*test\.csv:2: .*other/);
    await expect(pageOf(campaignOf(12), folder.file('none.csv'))).rejects.toThrow(/--test: .*none\.csv/);
  });

  it.each([
    ['no label', campaignOf(0), /Fewer than 10/],
    ['too few random ones', campaignOf(20), /Fewer than 10 of the labelled points were chosen at random/],
  ])('is made with %s', async (_, campaign, text) => {
    const { curves, html } = await pageOf(campaign);
    expect(curves).toBeNull();
    expect(html).toMatch(text);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
    expect(unclosedTags(html)).toEqual([]);
  });
});
