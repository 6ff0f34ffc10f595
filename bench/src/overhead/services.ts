import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ServiceName, targetVariables } from '@qloom/study-rpc/services.ts';
import { type SpawnedMain, spawnMain } from '@qloom/testing/spawn-main.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';

/** Services as processes of their own on unix sockets, each reachable by the others. */
export interface BenchServices {
  readonly folder: TempFolder;
  readonly target: (service: string) => string;
  readonly main: (service: string) => SpawnedMain;
  stop(): Promise<void>;
}

/** How the supervisor and the images start a service. */
export const V8_FLAGS: readonly string[] = ['--max-semi-space-size=8'];

/** Starts services and waits until they are ready. `env` is added to each. */
export async function startServices(
  names: readonly ServiceName[],
  env: (folder: TempFolder) => Readonly<Record<string, string>> = () => ({}),
): Promise<BenchServices> {
  const folder = await createTempFolder();
  const targets = targetVariables(folder.socket);
  const mains = new Map<string, SpawnedMain>();
  for (const name of names) {
    const main = fileURLToPath(new URL(`../../../services/${name}/src/main.ts`, import.meta.url));
    const NODE_OPTIONS = V8_FLAGS.join(' ');
    mains.set(name, spawnMain(main, { ...targets, NODE_OPTIONS, QLOOM_LISTEN: folder.socket(name), ...env(folder) }));
  }
  const stop = async (): Promise<void> => {
    await Promise.all([...mains.values()].map((main) => main.stop()));
    await folder.remove();
  };
  try {
    await Promise.all([...mains.values()].map(({ ready }) => ready));
  } catch (error) {
    await stop();
    throw error;
  }
  return { folder, target: folder.socket, main: (name) => mains.get(name)!, stop };
}

/** Resident memory of a process, from the kernel. Unit: MB (10^6 bytes). Linux only. */
export function residentMegabytes(pid: number): number {
  return statusMegabytes(pid, 'VmRSS');
}

/** Time on processors of a process so far, of its threads and the kernel for it. Unit: seconds. Linux only. */
export function processorSeconds(pid: number): number {
  // utime and stime, in hundredths of a second (proc(5)); the name before them may have spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The most resident memory that a process has had so far. Unit: MB (10^6 bytes). Linux only. */
export function peakMegabytes(pid: number): number {
  return statusMegabytes(pid, 'VmHWM');
}

function statusMegabytes(pid: number, field: string): number {
  const match = readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm'));
  if (match === null) throw new Error(`process ${pid}: no ${field} in its status`);
  return (Number(match[1]) * 1024) / 1e6;
}
