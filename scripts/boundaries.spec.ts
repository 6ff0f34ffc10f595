import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

/** Runs the project's own rules over a folder that has the project's layout. */
function violations(folder: string): string[] {
  const run = spawnSync('npx', ['depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'json', folder], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, QLOOM_BOUNDARIES_ROOT: `${folder}/` },
    maxBuffer: 64 * 1024 * 1024,
  });
  const found = JSON.parse(run.stdout).summary.violations as Violation[];
  return [...new Set(found.map(({ from, rule }) => `${rule.name}: ${from.slice(folder.length + 1)}`))].sort();
}

describe('module boundaries', () => {
  it('fire on every kind of wrong import, type-only ones too, and on nothing else', () => {
    expect(violations('scripts/fixtures/boundaries')).toEqual(
      [
        'agent-rooms: services/agent/src/study/final-evaluation/imports-search.ts',
        'apps: apps/qloom/src/imports-service.ts',
        'conformance: conformance/src/imports-service.ts',
        'contracts: libs/contracts/src/imports-ours.ts',
        'domain-has-no-transport: libs/tensor/src/imports-transport.ts',
        'domain: libs/study/src/imports-rpc.ts',
        'domain: libs/tensor/src/imports-platform.ts',
        'no-cycle: libs/datasets/src/type-cycle-a.ts',
        'no-cycle: services/agent/src/cycle-a.ts',
        'platform: libs/telemetry/src/imports-domain.ts',
        'service-domain: services/generator/src/domain/imports-rpc.ts',
        'service-generator: services/generator/src/imports-service.ts',
        'service-generator: services/generator/src/imports-testing.ts',
        'specs-import-no-service: services/generator/src/wrong.spec.ts',
        'tfjs: libs/tfjs/src/imports-ours.ts',
        'study-rpc: libs/study-rpc/src/imports-domain.ts',
        'testing-is-for-tests: services/generator/src/imports-testing.ts',
      ].sort(),
    );
  });
});
