import type { Deployment } from './deployment.ts';

/** Fields for times and durations. */
const TIMES = new Set(['seconds', 'createdAt', 'finishedAt']);

/** The result of a finished study, without what depends on clocks. */
export async function readResult({ agent }: Deployment, id: string): Promise<unknown> {
  const { study } = await agent.getStudy({ id });
  const chunks: Uint8Array[] = [];
  for await (const { chunk } of agent.getArtifact({ sha256: study!.result!.sha256 })) chunks.push(chunk!.data);
  return JSON.parse(Buffer.concat(chunks).toString(), (key, value) => (TIMES.has(key) ? undefined : value));
}
