import { join } from 'node:path';
import { DEPLOY, type Manifest, parseManifests, renderChart } from './render.ts';
import { describeWithTools, output, pathOf } from './tools.ts';

interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly image: string;
}

describeWithTools('the values of the chart', ['helm'], () => {
  it.each([
    ['an unknown value', 'replicas=3', 'replicas'],
    ['an unknown service', 'services.simulator.replicas=2', 'simulator'],
    ['an unknown mode', 'nats.mode=embedded', 'mode'],
    ['external servers without their URL', 'nats.mode=external', 'url'],
    ['a URL of another scheme', 'nats.mode=external,nats.url=http://nats:8222', 'url'],
    ['an image and a target of one service', 'swap.policy.image=a:1,swap.policy.target=b:7001', 'swap'],
    ['a variable in lower case', 'config.log=debug', 'config'],
    ['a GPU for the agent', 'gpu.services={agent}', 'gpu'],
    ['a negative number of replicas', 'services.agent.replicas=-1', 'replicas'],
  ])('refuse %s', async (_, values, named) => {
    await expect(renderChart(values.includes('{') ? [values] : values.split(','))).rejects.toThrow(named);
  });

  it('are written in lint-free templates', async () => {
    await expect(output(pathOf('helm'), ['lint', '--strict', join(DEPLOY, 'helm/qloom')])).resolves.toContain(
      '0 chart(s) failed',
    );
  });

  it('set variables of all services, or of one, in place of those of the chart', async () => {
    const manifests = parseManifests(
      await renderChart(['config.QLOOM_DRAIN_TIMEOUT_MS=10000', 'services.agent.env.QLOOM_AGENT_STUDIES=4']),
    );
    const map = named(manifests, 'ConfigMap', 'qloom') as unknown as { data: Record<string, string> };
    expect(map.data['QLOOM_DRAIN_TIMEOUT_MS']).toBe('10000');
    expect(containerOf(manifests, 'agent').env).toContainEqual({ name: 'QLOOM_AGENT_STUDIES', value: '4' });
  });

  it.each([
    ['generator', 'QLOOM_GENERATOR_TARGET'],
    ['discriminator', 'QLOOM_DISCRIMINATOR_TARGET'],
    ['qnn-sim', 'QLOOM_QNN_SIM_TARGET'],
    ['policy', 'QLOOM_POLICY_TARGET'],
  ])('make all call a %s that runs elsewhere', async (name, variable) => {
    const manifests = parseManifests(await renderChart([`swap.${name}.target=dns:///mine:7000`]));
    const map = named(manifests, 'ConfigMap', 'qloom') as unknown as { data: Record<string, string> };
    expect(map.data[variable]).toBe('dns:///mine:7000');
    for (const { kind, metadata } of manifests.filter(({ kind }) => kind === 'Deployment')) {
      expect(kind).toBe('Deployment');
      expect(containerOf(manifests, metadata.name).env?.map((entry) => entry.name)).not.toContain(variable);
    }
  });

  it('prefix the images of Qloom with a registry', async () => {
    const manifests = parseManifests(
      await renderChart(['image.registry=registry.example.com/team', 'image.tag=1.2.3']),
    );
    expect(containerOf(manifests, 'qnn-sim').image).toBe('registry.example.com/team/qloom-qnn-sim:1.2.3');
  });

  it('scale by the events that a replica handles at once', async () => {
    const manifests = parseManifests(
      await renderChart(['autoscaling.mode=keda', 'services.generator.env.QLOOM_STAGE_CONCURRENCY=4']),
    );
    const lag = (name: string): unknown =>
      (named(manifests, 'ScaledObject', name) as unknown as { spec: { triggers: [{ metadata: object }] } }).spec
        .triggers[0].metadata;
    expect(lag('generator')).toMatchObject({ lagThreshold: '4' });
    expect(lag('qnn-sim')).toMatchObject({ lagThreshold: '1' });
  });
});

function named(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name} was rendered`);
  return found;
}

function containerOf(manifests: readonly Manifest[], deployment: string): Container {
  const { spec } = named(manifests, 'Deployment', deployment) as unknown as {
    spec: { template: { spec: { containers: readonly Container[] } } };
  };
  return spec.template.spec.containers[0];
}
