import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONTAINER_PORT, SERVICE_NAMES, SERVICES, serviceNamed } from '@qloom/study-rpc/services.ts';
import { parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const services = [...SERVICE_NAMES].sort();
const kubectl = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' }).status === 0;

interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom?: readonly { readonly configMapRef?: { readonly name: string } }[];
  readonly ports?: readonly { readonly containerPort: number }[];
  readonly startupProbe?: { readonly grpc?: { readonly service?: string } };
  readonly livenessProbe?: { readonly grpc?: { readonly service?: string } };
  readonly readinessProbe?: { readonly grpc?: { readonly service?: string } };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly strategy?: { readonly type: string };
    readonly clusterIP?: string;
    readonly ports?: readonly { readonly port: number }[];
    readonly template?: {
      readonly spec: { readonly containers: readonly Container[]; readonly terminationGracePeriodSeconds?: number };
    };
  };
}

function build(overlay: string): Manifest[] {
  return buildFolder(join(root, 'deploy/k8s/overlays', overlay));
}

function buildFolder(folder: string): Manifest[] {
  const run = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return parseAllDocuments(run.stdout).map((document) => document.toJS() as Manifest);
}

/** The value of a variable in each Deployment's own container: its `env`, or else the ConfigMap that it reads. */
function valuesOf(manifests: readonly Manifest[], variable: string): Record<string, string | undefined> {
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
  return Object.fromEntries(
    deployments.map(({ metadata, spec }) => {
      const own = spec?.template?.spec.containers.find(({ name }) => name === metadata.name);
      const maps = own?.envFrom?.map(({ configMapRef }) => configMapRef?.name) ?? [];
      const map = manifests.find(({ kind, metadata: { name } }) => kind === 'ConfigMap' && maps.includes(name));
      return [metadata.name, own?.env?.find(({ name }) => name === variable)?.value ?? map?.data?.[variable]];
    }),
  );
}

if (!kubectl) console.warn('kubectl is not on the PATH: the overlays are not built here.');
const describeBuilt = kubectl ? describe : describe.skip;

describeBuilt.each(['trial', 'production', 'own-generator'])('overlay %s', (overlay) => {
  const manifests = kubectl ? build(overlay) : [];
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment');

  it('has every service, each behind a headless Service', () => {
    expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual(services);
    const headless = manifests.filter(({ kind, spec }) => kind === 'Service' && spec?.clusterIP === 'None');
    expect(headless.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(services));
  });

  it('puts everything into its namespace', () => {
    const elsewhere = manifests.filter(({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== 'qloom');
    expect(elsewhere).toEqual([]);
  });

  it('probes both health names, and gives a drain its time', () => {
    const config = manifests.find(({ kind, data }) => kind === 'ConfigMap' && data?.['QLOOM_LOG'] !== undefined);
    const drainSeconds = Number(config?.data?.['QLOOM_DRAIN_TIMEOUT_MS']) / 1000;
    for (const { spec } of deployments) {
      const pod = spec!.template!.spec;
      const container = pod.containers.find(({ image }) => image.startsWith('qloom-'))!;
      expect(container.startupProbe?.grpc?.service).toBe('live');
      expect(container.livenessProbe?.grpc?.service).toBe('live');
      expect(container.readinessProbe?.grpc?.service).toBe('ready');
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(drainSeconds);
    }
  });

  it('runs one agent', () => {
    const agent = deployments.find(({ metadata }) => metadata.name === 'agent');
    expect(agent?.spec?.strategy?.type).toBe('Recreate');
  });
});

describe('the NATS server of the trial overlay', () => {
  it('is the version that the tests run on', () => {
    const read = (path: string): string => readFileSync(join(root, path), 'utf8');
    const [, image] = /image: nats:(\S+)/.exec(read('deploy/k8s/components/nats/nats.yaml')) ?? [];
    const [, tested] = /^NATS_VERSION=v(\S+)$/m.exec(read('.ci/run')) ?? [];
    expect(tested).toMatch(/^\d/);
    expect(image).toBe(tested);
  });
});

describeBuilt('a service of your own', () => {
  const workers = SERVICES.filter(({ called }) => called).map(({ name }) => name);

  it.each(workers)('%s is called by all Deployments alike, on a port that its Service names', (service) => {
    const folder = mkdtempSync(join(root, 'deploy/k8s/overlays/test-'));
    try {
      const overlay = { namespace: 'qloom', resources: ['../trial'], components: [`../../components/own-${service}`] };
      writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(overlay));
      const manifests = buildFolder(folder);
      const variable = serviceNamed(service).target;
      const target = `dns:///${service}:50052`;
      expect(valuesOf(manifests, variable)).toEqual(Object.fromEntries(services.map((name) => [name, target])));
      const ports = manifests.find(({ kind, metadata }) => kind === 'Service' && metadata.name === service)?.spec
        ?.ports;
      expect(ports?.map(({ port }) => port)).toEqual(expect.arrayContaining([CONTAINER_PORT, 50052]));
      for (const other of workers.filter((name) => name !== service)) {
        const others = valuesOf(manifests, serviceNamed(other).target);
        expect(others[other]).toBe(`127.0.0.1:${CONTAINER_PORT}`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('runs as a sidecar in the example, on the port that all call', () => {
    const manifests = build('own-generator');
    const pod = manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'generator')?.spec;
    const sidecar = pod?.template?.spec.containers.find(({ name }) => name === 'own-generator');
    const [target] = new Set(Object.values(valuesOf(manifests, 'QLOOM_GENERATOR_TARGET')));
    expect(target).toBe(`dns:///generator:${sidecar?.ports?.[0].containerPort}`);
  });

  it('at an address of its own is named once, for all', () => {
    const folder = mkdtempSync(join(root, 'deploy/k8s/overlays/test-'));
    try {
      // A component takes precedence over a generator, and a patch over both.
      const data = { QLOOM_QNN_SIM_TARGET: 'dns:///mine:7000', QLOOM_POLICY_TARGET: 'dns:///my-policy:7001' };
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'qloom' }, data };
      const overlay = {
        namespace: 'qloom',
        resources: ['../trial'],
        components: ['../../components/own-qnn-sim'],
        patches: [{ patch: JSON.stringify(map) }],
      };
      writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(overlay));
      const manifests = buildFolder(folder);
      expect(new Set(Object.values(valuesOf(manifests, 'QLOOM_QNN_SIM_TARGET')))).toEqual(
        new Set(['dns:///mine:7000']),
      );
      expect(valuesOf(manifests, 'QLOOM_POLICY_TARGET').agent).toBe('dns:///my-policy:7001');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('Dockerfile', () => {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');

  it.each(services)('has a stage for %s that starts its main', (service) => {
    const stage = dockerfile.match(new RegExp(`^FROM runtime AS ${service}\\nCMD \\["node", "([^"]+)"\\]`, 'm'));
    expect(stage).not.toBeNull();
    expect(existsSync(join(root, stage![1]))).toBe(true);
  });

  it("copies every workspace's package.json before it installs", () => {
    const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] };
    for (const workspace of workspaces) {
      expect(dockerfile).toContain(`COPY ${workspace.replace('/*', '')}`);
    }
  });
});
