import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STAGES } from '@qloom/study/stages.ts';
import { CONTAINER_PORT, SERVICE_NAMES, SERVICES } from '@qloom/study-rpc/services.ts';
import { parse, parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Kustomization {
  readonly resources?: readonly string[];
  readonly images?: readonly { readonly name: string }[];
  readonly configMapGenerator?: readonly { readonly literals: readonly string[] }[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly ports?: readonly { readonly port: number }[];
    readonly template?: {
      readonly spec: {
        readonly containers: readonly {
          readonly image: string;
          readonly ports: readonly { readonly containerPort: number }[];
        }[];
      };
    };
  };
}

const kustomization = (folder: string): Kustomization => parse(read(`deploy/k8s/${folder}/kustomization.yaml`));

/** Services with a stage worker. */
const WORKERS = STAGES.filter(({ service }) => service !== 'agent');

// What cannot import the table of services is compared with it.
describe('the table of services', () => {
  it('has a row for each folder of services/', () => {
    expect([...SERVICE_NAMES].sort()).toEqual(readdirSync(join(root, 'services')).sort());
  });

  it('has a row for each service that does the work of a stage', () => {
    expect(SERVICE_NAMES).toEqual(expect.arrayContaining(STAGES.map(({ service }) => service)));
  });

  it('has variables and images that follow from the names', () => {
    for (const { name, target, image } of SERVICES) {
      expect([target, image]).toEqual([`QLOOM_${name.replaceAll('-', '_').toUpperCase()}_TARGET`, `qloom-${name}`]);
    }
  });

  it('lists the manifests of the base, and names the services that others call in its ConfigMap', () => {
    const { resources, configMapGenerator } = kustomization('base');
    const others = ['namespace.yaml', 'priority-classes.yaml'];
    expect([...(resources ?? [])].sort()).toEqual([...SERVICES.map(({ name }) => `${name}.yaml`), ...others].sort());
    const called = SERVICES.filter((row) => row.called);
    const targets = configMapGenerator?.[0].literals.filter((literal) => /_TARGET=/.test(literal)) ?? [];
    expect([...targets].sort()).toEqual(
      called.map(({ name, target }) => `${target}=dns:///${name}:${CONTAINER_PORT}`).sort(),
    );
    for (const { service } of WORKERS) {
      expect(existsSync(join(root, `deploy/k8s/components/swap-${service}/kustomization.yaml`))).toBe(true);
    }
  });

  it.each(SERVICES.map(({ name, image }) => [name, image]))('is what the manifest of %s deploys', (name, image) => {
    const manifests = parseAllDocuments(read(`deploy/k8s/base/${name}.yaml`)).map((one) => one.toJS() as Manifest);
    const deployment = manifests.find(({ kind }) => kind === 'Deployment');
    const [container] = deployment?.spec.template?.spec.containers ?? [];
    expect([deployment?.metadata.name, container.image]).toEqual([name, image]);
    expect(container.ports.map(({ containerPort }) => containerPort)).toEqual([CONTAINER_PORT]);
    const service = manifests.find(({ kind }) => kind === 'Service');
    expect([service?.metadata.name, service?.spec.ports?.map(({ port }) => port)]).toEqual([name, [CONTAINER_PORT]]);
  });

  it.each(['trial', 'production'])('has the images of the overlay %s', (overlay) => {
    const images = kustomization(`overlays/${overlay}`).images?.map(({ name }) => name) ?? [];
    expect([...images].sort()).toEqual(SERVICES.map(({ image }) => image).sort());
  });

  it('has a stage of the Dockerfile for each service, at the port of the containers', () => {
    const dockerfile = read('Dockerfile');
    const stagesOn = (base: string): string[] =>
      [...dockerfile.matchAll(new RegExp(`^FROM ${base} AS (\\S+)$`, 'gm'))].map(([, stage]) => stage);
    expect(stagesOn('runtime').sort()).toEqual([...SERVICE_NAMES].sort());
    const trained = WORKERS.map(({ service }) => `${service}-cuda`);
    expect(stagesOn('runtime-cuda').sort()).toEqual(trained.sort());
    expect(dockerfile).toContain(`EXPOSE ${CONTAINER_PORT}`);
  });
});
