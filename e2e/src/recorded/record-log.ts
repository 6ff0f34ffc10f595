// Records the log of a finished study, to be kept in the repository: `node e2e/src/recorded/record-log.ts [CHECKOUT]`.
// CHECKOUT is a checkout of the version to record, with its dependencies installed; default: this one. Its command line runs the
// tiny study, and `<version>-<commit>/` beside this file then has what the tests of rolling upgrades need.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { isEpisodeKey } from '@qloom/episode-log/event-key.ts';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { TINY_STUDY } from '../cli-tiny-study.ts';
import { ARTIFACTS, DESCRIPTORS, EVENTS, HEAD, namedArtifacts, type RecordedHead, toLine } from './recorded-log.ts';

const STUDY = 'tiny';

const checkout = resolve(process.argv[2] ?? fileURLToPath(new URL('../../..', import.meta.url)));
const git = (...args: string[]) => execFileSync('git', ['-C', checkout, ...args], { encoding: 'utf8' }).trim();
const changed = git('status', '--porcelain', '--untracked-files=no');
if (changed !== '') throw new Error(`${checkout} has changes that are not committed:\n${changed}`);
const commit = git('rev-parse', 'HEAD');
const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string };
const target = join(dirname(fileURLToPath(import.meta.url)), `${version}-${commit.slice(0, 7)}`);

/** Number of events up to the first fit that follows a reward: its episode is then fitted and neither assessed nor evaluated. */
function halfWayOf(events: readonly LogEvent[]): number {
  const rewarded = events.findIndex(({ key }) => key.slot === 'reward');
  const fitted = events.findIndex(({ key }, i) => key.slot === 'fit' && i > rewarded);
  if (rewarded < 0 || fitted < 0) throw new Error('no fit follows a reward: record again');
  return fitted + 1;
}

/**
 * Writes the artifacts that the half-way study and the final evaluation need: those that events and other artifacts name, without
 * the models of later fits.
 */
async function writeArtifacts(store: ArtifactStore, events: readonly LogEvent[], halfWay: number): Promise<void> {
  mkdirSync(join(target, ARTIFACTS));
  const wanted = events.filter(({ key }, i) => i < halfWay || !isEpisodeKey(key));
  const written = new Set<string>();
  const write = async (sha256: string): Promise<void> => {
    if (written.has(sha256) || !(await store.has(sha256))) return;
    written.add(sha256);
    const bytes = await store.get(sha256);
    writeFileSync(join(target, ARTIFACTS, `${sha256}.gz`), gzipSync(bytes, { level: 9 }));
    for (const named of namedArtifacts(bytes)) await write(named);
  };
  for (const sha256 of wanted.flatMap(({ payload }) => namedArtifacts(payload))) await write(sha256);
}

const folder = await createTempFolder();
try {
  writeFileSync(folder.file('tiny.yaml'), TINY_STUDY);
  const command = [join(checkout, 'apps/qloom/bin/qloom.mjs'), 'run', 'tiny.yaml', '--out', 'runs'];
  execFileSync(process.execPath, command, { cwd: folder.path, stdio: 'inherit' });
  const log = await openEpisodeLog(`sqlite:${folder.file(`runs/${STUDY}/log.sqlite`)}`);
  const store = await openArtifactStore(`file://${folder.file(`runs/${STUDY}/artifacts`)}`);
  const events = await log.replay(STUDY);
  const halfWay = halfWayOf(events);
  mkdirSync(target);
  const head: RecordedHead = { version, commit, study: STUDY, halfWay };
  writeFileSync(join(target, HEAD), `${JSON.stringify(head)}\n`);
  writeFileSync(join(target, EVENTS), events.map((event) => `${toLine(event)}\n`).join(''));
  writeFileSync(
    join(target, DESCRIPTORS),
    gzipSync(readFileSync(join(checkout, 'libs/contracts/src/gen/descriptors.binpb')), { level: 9 }),
  );
  await writeArtifacts(store, events, halfWay);
  await log.close();
  await store.close();
  console.log(`wrote ${target}`);
} finally {
  await folder.remove();
}
