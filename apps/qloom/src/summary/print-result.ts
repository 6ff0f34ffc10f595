import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { readSpans } from '../telemetry/read-spans.ts';
import { shownPath } from '../terminal/format.ts';
import { styleOf } from '../terminal/style.ts';
import { renderSummary } from './summary.ts';
import { summaryToJson } from './summary-json.ts';

/** Prints the result in a run folder on stdout: as text, or with `json` as JSON. */
export async function printResult(
  { folder, result }: { readonly folder: RunFolder; readonly result: StudyResult },
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const spans = await readSpans(folder.spans);
  const options = {
    spans,
    folder: shownPath(folder.path),
    style: styleOf(process.stdout),
    columns: process.stdout.columns ?? 130,
  };
  const asJson = () => `${JSON.stringify(summaryToJson(result, spans, folder), null, 2)}\n`;
  process.stdout.write(json ? asJson() : renderSummary(result, options));
}
