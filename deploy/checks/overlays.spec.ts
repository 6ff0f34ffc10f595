import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVICE_NAMES } from '@qloom/study-rpc/services.ts';
import { parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const services = [...SERVICE_NAMES].sort();
const kubectl = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' }).status === 0;

interface Container {
  readonly name: string;
  readonly image: string;
  readonly startupProbe?: { readonly grpc?: { readonly service?: string } };
  readonly livenessProbe?: { readonly grpc?: { readonly service?: string } };
  readonly readinessProbe?: { readonly grpc?: { readonly service?: string } };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly clusterIP?: string;
    readonly template?: {
      readonly spec: { readonly containers: readonly Container[]; readonly terminationGracePeriodSeconds?: number };
    };
  };
}

function build(overlay: string): Manifest[] {
  const folder = join(root, 'deploy/k8s/overlays', overlay);
  const run = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return parseAllDocuments(run.stdout).map((document) => document.toJS() as Manifest);
}

if (!kubectl) console.warn('kubectl is not on the PATH: the overlays are not built here.');
const describeBuilt = kubectl ? describe : describe.skip;

describeBuilt.each(['trial', 'production', 'swap-generator'])('overlay %s', (overlay) => {
  const manifests = kubectl ? build(overlay) : [];
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment');

  it('has every service, each behind a headless Service', () => {
    expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual(services);
    const headless = manifests.filter(({ kind, spec }) => kind === 'Service' && spec?.clusterIP === 'None');
    expect(headless.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(services));
  });

  it('puts everything into its namespace', () => {
    const ofTheCluster = ['Namespace', 'PriorityClass'];
    const elsewhere = manifests.filter(
      ({ kind, metadata }) => !ofTheCluster.includes(kind) && metadata.namespace !== 'qloom',
    );
    expect(elsewhere).toEqual([]);
    expect(manifests.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name)).toEqual([
      'qloom',
    ]);
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
