import { readFileSync } from 'node:fs';

/** Version of this command line (semver). */
export function qloomVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return manifest.version;
}

/** Versions of the programs that run a study, by name. */
export function currentVersions(): Record<string, string> {
  return { qloom: qloomVersion(), node: process.versions.node, platform: `${process.platform}-${process.arch}` };
}
