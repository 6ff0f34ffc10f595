import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import picocolors from 'picocolors';
import { renderReport } from '../report/report.ts';
import { armLabel } from '../result/arms.ts';
import { cardToMarkdown } from '../result/card.ts';
import { headlineOf, intervalText, pText } from '../result/headline.ts';
import { formatSigned } from '../terminal/format.ts';
import { makeStudyResult } from '../testing/study-result.ts';
import { renderSummary } from './summary.ts';

const percent = (share: number): string => (100 * share).toFixed(1);
const points = (share: number): string => formatSigned(100 * share, 1);
const plain = (html: string): string => html.replace(/<[^>]+>/g, '').replace(/\s+/g, ' ');

/** The result as it is stored, and its three renderings, without markup and line breaks. */
function renderings(options: Parameters<typeof makeStudyResult>[0]) {
  const result = StudyResult.fromJSON(JSON.parse(JSON.stringify(StudyResult.toJSON(makeStudyResult(options)))));
  const style = picocolors.createColors(false);
  const summary = renderSummary(result, { spans: [], folder: 'runs/x', style, columns: 130 });
  const report = renderReport({ result, spans: [], studyText: '', studyFile: 'x.yaml', versions: {} });
  const card = cardToMarkdown(result, { version: '0', command: 'qloom run x.yaml' }) ?? '';
  return { result, summary, report: plain(report), card };
}

describe('summary, report and card', () => {
  it.each([{}, { imbalanced: true }, { draws: 3 }])('say the same numbers of the same result: %j', (options) => {
    const { result, summary, report, card } = renderings(options);
    const headline = headlineOf(result);
    for (const arm of result.arms) {
      const row = summary.split('\n').find((line) => line.startsWith(`  ${armLabel(arm)} `)) ?? '';
      for (const said of [
        intervalText(headline.of(arm), percent),
        intervalText(headline.gainOf(arm)?.difference, points),
        pText(arm, headline),
      ]) {
        expect(row).toContain(said);
        expect(report).toContain(said.replace('<', '&lt;'));
      }
    }
    const qloom = result.arms.find(({ name }) => name === 'qloom');
    expect(card).toContain(intervalText(qloom && headline.gainOf(qloom)?.difference, points));
    // The distance of the arm is that to the test set, in all three; the file's own is another one, and is named as such.
    const distance = (qloom?.frechet?.estimate ?? 0).toFixed(3);
    for (const text of [summary, report, card]) expect(text).toContain(distance);
    expect(card).toContain('Fréchet distance to training.csv: 0.118');
    for (const text of [summary, report, card]) expect(text.replace(/\s+/g, ' ')).toContain(result.verdict);
  });
});
