import { status } from '@grpc/grpc-js';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import { CommandError } from '../command/errors.ts';
import { type AgentFlags, chooseAgent } from '../context/choose-agent.ts';
import { readStudyCsv } from '../run/put-csv.ts';
import { readSourceFiles } from '../run/source-files.ts';
import { checkData } from '../run/study-data.ts';
import { submitStudy } from '../run/submit-study.ts';
import { loadStudyFile, studyProblem } from '../study-file/load-study-file.ts';
import { withAgent } from './connect-agent.ts';
import { stateName } from './list-table.ts';

/** Surroundings of {@link submit}. */
export interface SubmitOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/**
 * Checks a study file and everything that it names, and creates the study at an agent. Returns its name, and the options that choose
 * the agent again. Throws `StudyFileError` for a wrong file or settings that the agent refuses, `CommandError` where the
 * agent has a study of that name with other settings.
 */
export async function submit(
  file: string,
  flags: AgentFlags,
  { env, signal, note }: SubmitOptions,
): Promise<{ readonly study: string; readonly options: string }> {
  // The agent of the cluster may have policies of its own, and refuses those that it does not have.
  const { agent } = chooseAgent(flags, env);
  const loaded = await loadStudyFile(file, { ...env, QLOOM_AGENT_TARGET: agent });
  if (loaded.study.services !== undefined) {
    const right = 'right would be a file without it: an agent calls the services that its cluster configures';
    throw studyProblem(loaded, ['services'], `is for studies that are run on this machine; ${right}`);
  }
  const csv = await readStudyCsv(loaded);
  checkData(loaded, csv);
  await readSourceFiles(loaded, csv);
  for (const text of csv?.notes ?? []) note(`${loaded.study.data.csv}: ${text}`);
  for (const warning of csv?.warnings ?? []) note(`Warning: ${loaded.study.data.csv}: ${warning}`);
  return withAgent(flags, env, async ({ client, address, options }) => {
    const patience = { signal, onWait: (reason: string) => note(`waiting for the agent: ${reason}`) };
    try {
      const study = await submitStudy(client, loaded, csv, patience);
      note(`Study ${loaded.id} is ${study === undefined ? 'created' : stateName(study.state)} at agent ${address}.`);
      return { study: loaded.id, options };
    } catch (error) {
      if (!isServiceError(error) || error.code !== status.ALREADY_EXISTS) throw error;
      const right = 'give this one another "name:", or look at that one with qloom list';
      throw new CommandError(`agent ${address}: has a study ${loaded.id} with other settings or data; ${right}`, {
        cause: error,
      });
    }
  });
}
