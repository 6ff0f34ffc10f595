import { status } from '@grpc/grpc-js';
import type { Study } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import { UsageError } from '../command/errors.ts';
import { nearest } from '../command/nearest.ts';
import { isStudyName, studyNameRule } from '../study-file/study-name.ts';
import type { RemoteAgent } from './connect-agent.ts';

/** How many names a message lists. */
const LISTED = 10;

/** A study of an agent. Throws `UsageError`, with near names and those that there are, where it has none of that name. */
export async function namedStudy({ client, address }: RemoteAgent, name: string): Promise<Study> {
  if (!isStudyName(name)) throw new UsageError(`${JSON.stringify(name)} is no name of a study: ${studyNameRule(name)}`);
  try {
    const { study } = await client.getStudy({ id: name });
    if (study !== undefined) return study;
  } catch (error) {
    if (!isServiceError(error) || error.code !== status.NOT_FOUND) throw error;
  }
  const { studies } = await client.listStudies({});
  const names = studies.map(({ id }) => id);
  const meant = nearest(name, names) ?? names.find((known) => known.includes(name));
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more (qloom list)` : '';
  const there = names.length === 0 ? 'it has none' : `it has ${names.slice(0, LISTED).join(', ')}${more}`;
  throw new UsageError(`agent ${address}: there is no study ${name}${hint} (${there})`);
}
