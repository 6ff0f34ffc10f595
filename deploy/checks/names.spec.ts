import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJetStreamNames } from '@qloom/episode-log/jetstream/jetstream-subjects.ts';
import { STAGES, WORKER_STAGES } from '@qloom/study/stages.ts';
import { CONTAINER_PORT, POLICY_TARGET, SERVICES } from '@qloom/study-rpc/services.ts';
import { parse } from 'yaml';
import { DEPLOY, type Manifest, parseManifests } from './render.ts';

const read = (path: string): string => readFileSync(join(DEPLOY, path), 'utf8');
const component = (path: string): readonly Manifest[] => parseManifests(read(`k8s/components/${path}`));

interface Scaled {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly scaleTargetRef: { readonly name: string };
    readonly triggers?: readonly { readonly metadata: Readonly<Record<string, string>> }[];
    readonly metrics?: readonly {
      readonly external: {
        readonly metric: { readonly name: string; readonly selector: { readonly matchLabels: object } };
      };
    }[];
  };
}

const workers = STAGES.filter(({ service }) => service !== 'agent').map(({ name, service }) => [service, name]);

// What manifests name and programs define.
describe('names in the manifests', () => {
  it('scale each worker by the consumer of its stage, in the stream of the log', () => {
    const objects = component('autoscaling/scaled-objects.yaml') as unknown as readonly Scaled[];
    const { stream } = createJetStreamNames();
    const found = objects.map(({ metadata, spec }) => {
      const [{ metadata: trigger }] = spec.triggers ?? [];
      expect(spec.scaleTargetRef.name).toBe(metadata.name);
      expect(trigger['stream']).toBe(stream);
      return [metadata.name, trigger['consumer']];
    });
    expect(found.sort()).toEqual([...workers].sort());
    expect(found.map(([, stage]) => stage).sort()).toEqual([...WORKER_STAGES].sort());
  });

  it('scale each worker by the metric of the lag that the alert rules read', () => {
    const objects = component('autoscaling-hpa/horizontal-pod-autoscalers.yaml') as unknown as readonly Scaled[];
    const rules = read('observability/alerts.yaml');
    const found = objects.map(({ metadata, spec }) => {
      const [{ external }] = spec.metrics ?? [];
      const [[label, stage]] = Object.entries(external.metric.selector.matchLabels);
      expect(rules).toContain(`sum by (${label}) (${external.metric.name}{${label}=`);
      return [metadata.name, stage];
    });
    expect(found.sort()).toEqual([...workers].sort());
  });

  it('give a sidecar the port of the service that it replaces, and the worker its address', () => {
    for (const { name, target } of SERVICES.filter((row) => workers.some(([service]) => service === row.name))) {
      const [{ spec }] = component(`swap-${name}/sidecar.yaml`) as unknown as readonly {
        spec: {
          template: {
            spec: Record<
              'containers' | 'initContainers',
              readonly [{ ports: readonly { containerPort: number }[]; env: readonly object[] }]
            >;
          };
        };
      }[];
      const { initContainers, containers } = spec.template.spec;
      expect(initContainers[0].ports.map(({ containerPort }) => containerPort)).toEqual([CONTAINER_PORT]);
      expect(containers[0].env).toContainEqual({ name: target, value: `127.0.0.1:${CONTAINER_PORT}` });
    }
    expect(read('k8s/components/swap-policy/sidecar.yaml')).toContain(`- name: ${POLICY_TARGET}\n`);
  });

  it('call with TLS what they call without', () => {
    const { configMapGenerator } = parse(read('k8s/components/mtls/kustomization.yaml'));
    const targets = SERVICES.filter(({ called }) => called).map(
      ({ name, target }) => `${target}=tls://${name}:${CONTAINER_PORT}`,
    );
    expect(configMapGenerator[0].literals).toEqual(expect.arrayContaining(targets));
  });

  it('configure the observability with every file of its folder', () => {
    const { configMapGenerator } = parse(read('observability/kustomization.yaml')) as {
      configMapGenerator: readonly { readonly files: readonly string[] }[];
    };
    const files = globSync(['*.yaml', 'dashboards/*.json'], { cwd: join(DEPLOY, 'observability') });
    expect(configMapGenerator.flatMap((one) => one.files).sort()).toEqual(
      files.filter((file) => file !== 'kustomization.yaml').sort(),
    );
  });
});
