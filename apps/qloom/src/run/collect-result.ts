import type { Study } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { writeCsv } from '@qloom/datasets/csv/write-csv.ts';
import { decodePointsArtifact } from '@qloom/study-rpc/codec/points-artifact.ts';
import { CommandError } from '../command/errors.ts';
import { cardToJson, cardToMarkdown } from '../result/card.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { writeWhole } from '../run-folder/write-file.ts';
import { type AgentClient, fetchArtifact, type Patience } from './follow-study.ts';
import { qloomVersion } from './versions.ts';

/**
 * Fetches the outputs of a finished study and writes them into its run folder: the labelled real points, and the
 * synthetic data made from them with its card, where the study added any. Returns the result. Throws `CommandError`
 * when the study has none.
 */
export async function collectResult(
  agent: AgentClient,
  study: Study,
  folder: RunFolder,
  command: string,
  patience: Patience,
): Promise<StudyResult> {
  if (study.result === undefined) throw new CommandError(`study ${study.id} has finished without a result`);
  const bytes = await fetchArtifact(agent, study.result.sha256, patience);
  const result = StudyResult.fromJSON(JSON.parse(Buffer.from(bytes).toString('utf8')));
  if (study.synthetic !== undefined) {
    writeWhole(folder.syntheticCsv, await fetchArtifact(agent, study.synthetic.sha256, patience));
  }
  const card = { version: qloomVersion(), command };
  const markdown = cardToMarkdown(result, card);
  if (markdown !== undefined) {
    writeWhole(folder.cardMarkdown, markdown);
    writeWhole(folder.cardJson, `${JSON.stringify(cardToJson(result, card), null, 2)}\n`);
  }
  const training = result.training ?? result.synthetic?.training;
  if (training !== undefined) {
    const points = decodePointsArtifact(await fetchArtifact(agent, training.sha256, patience), 'training points');
    const data = result.data ?? DataDescription.fromPartial({});
    writeWhole(folder.trainingCsv, writeCsv(points, data, data));
  }
  return result;
}
