import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_CONFIG } from '@qloom/agent/config.ts';
import { DISCRIMINATOR_CONFIG } from '@qloom/discriminator/config.ts';
import { CONFIG as EXPERIMENT_CONFIG } from '@qloom/experiment/config.ts';
import { GENERATOR_CONFIG } from '@qloom/generator/config.ts';
import { CONFIG } from '@qloom/qnn-sim/config.ts';
import { COMMON_CONFIG } from '@qloom/service-kit/config/common-config.ts';
import { DEPLOY } from './render.ts';

// A misspelled variable would be ignored by the service: nothing else says so.
describe('variables in manifests and templates', () => {
  it('are variables of the services', () => {
    const tables = [COMMON_CONFIG, AGENT_CONFIG, GENERATOR_CONFIG, DISCRIMINATOR_CONFIG, CONFIG, EXPERIMENT_CONFIG];
    const known = new Set(tables.flatMap((table) => Object.keys(table)));
    const files = globSync(['k8s/**/*.yaml', 'helm/qloom/{values*.yaml,templates/*}'], { cwd: DEPLOY });
    const used = files.flatMap((file) =>
      [...readFileSync(join(DEPLOY, file), 'utf8').matchAll(/\bQLOOM_[A-Z0-9_]*[A-Z0-9]\b/g)].map(([name]) => name),
    );
    expect(used.length).toBeGreaterThan(50);
    expect([...new Set(used)].filter((name) => !known.has(name))).toEqual([]);
  });
});
