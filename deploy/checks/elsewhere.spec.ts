import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { buildOverlay, DEPLOY, type Manifest, parseManifests } from './render.ts';
import { describeWithTools } from './tools.ts';

interface Deployment extends Manifest {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly [{ readonly env: readonly object[] }] } };
  };
}

describeWithTools('a service that runs elsewhere', [], () => {
  it('is called by all, its own stage worker included, with the patches of the guide', async () => {
    const guide = readFileSync(join(DEPLOY, '../docs/guides/swap-a-service.md'), 'utf8');
    const [, block] = /```yaml\n(patches:\n[\s\S]*?)```/.exec(guide) ?? [];
    const manifests = parseManifests(await buildOverlay({ components: ['nats'], patches: parse(block).patches }));
    const map = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('qloom'));
    expect(map?.['data']).toMatchObject({ QLOOM_GENERATOR_TARGET: 'dns:///my-generator:50051' });
    const own = manifests
      .filter(({ kind }) => kind === 'Deployment')
      .flatMap((one) => (one as Deployment).spec.template.spec.containers[0].env);
    expect(own).not.toContainEqual(expect.objectContaining({ name: 'QLOOM_GENERATOR_TARGET' }));
  });
});
