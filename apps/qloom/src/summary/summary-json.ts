import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { toneOf, verdictOf } from '../result/verdict.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import type { KeptSpan } from '../telemetry/kept-span.ts';
import { stageTimes } from '../telemetry/stage-times.ts';

/** Output of `qloom run --json`: verdict, StudyResult as JSON, stage times in seconds, and where the files are. */
export function summaryToJson(result: StudyResult, spans: readonly KeptSpan[], folder: RunFolder): unknown {
  return {
    study: result.study,
    verdict: verdictOf(result),
    tone: toneOf(result),
    stages: stageTimes(spans),
    folder: folder.path,
    report: folder.report,
    ...(result.synthetic === undefined ? {} : { synthetic: folder.syntheticCsv }),
    result: StudyResult.toJSON(result),
  };
}
