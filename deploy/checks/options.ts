/** One choice of an option of an installation: the kustomize components and the chart's values that give the same. */
export interface Choice {
  /** Folders of `deploy/k8s/components`, in the order in which an overlay names them. */
  readonly components: readonly string[];
  /** Values of the chart, as `--set` takes them. */
  readonly values: readonly string[];
}

/** The choices of one option by name; at most one is made. The first one is the chart's default. */
export interface Option {
  readonly name: string;
  readonly choices: Readonly<Record<string, Choice>>;
}

const none: Choice = { components: [], values: [] };
const swap = (name: string): Option => ({
  name: `swap-${name}`,
  choices: {
    none,
    sidecar: { components: [`swap-${name}`], values: [`swap.${name}.image=registry.example.com/swap-${name}:0.1.0`] },
  },
});

/** All options of an installation, in the order in which overlays name their components. */
export const OPTIONS: readonly Option[] = [
  {
    name: 'nats',
    choices: {
      server: { components: ['nats'], values: [] },
      cluster: { components: ['nats-cluster'], values: ['nats.mode=cluster'] },
      external: { components: [], values: ['nats.mode=external', 'nats.url=nats://nats:4222'] },
    },
  },
  { name: 'gpu', choices: { none, gpu: { components: ['gpu'], values: ['gpu.enabled=true'] } } },
  swap('generator'),
  swap('discriminator'),
  swap('qnn-sim'),
  swap('policy'),
  {
    name: 'edge',
    choices: {
      none,
      ingress: { components: ['ingress'], values: ['edge.mode=ingress'] },
      gateway: { components: ['gateway'], values: ['edge.mode=gateway'] },
    },
  },
  { name: 'mtls', choices: { none, mtls: { components: ['mtls'], values: ['mtls.enabled=true'] } } },
  {
    name: 'autoscaling',
    choices: {
      none,
      keda: { components: ['autoscaling'], values: ['autoscaling.mode=keda'] },
      hpa: { components: ['autoscaling-hpa'], values: ['autoscaling.mode=hpa'] },
    },
  },
  {
    name: 'observability',
    choices: { none, on: { components: ['observability'], values: ['observability.enabled=true'] } },
  },
  {
    name: 'network-policies',
    choices: { none, on: { components: ['network-policies'], values: ['networkPolicies.enabled=true'] } },
  },
  {
    name: 'images',
    choices: { none, local: { components: ['local-images'], values: ['image.pullPolicy=IfNotPresent'] } },
  },
];

/** A choice for every option, by the option's name. */
export type Combination = Readonly<Record<string, string>>;

/** What a combination adds to the base and to the chart. */
export function selected(combination: Combination): Choice {
  const choices = OPTIONS.map(({ name, choices }) => choices[combination[name]]);
  return { components: choices.flatMap((one) => one.components), values: choices.flatMap((one) => one.values) };
}

/** A combination in a line: the choices that are not the default. */
export function describeCombination(combination: Combination): string {
  const chosen = OPTIONS.filter(({ name, choices }) => combination[name] !== Object.keys(choices)[0]);
  return chosen.map(({ name }) => `${name}=${combination[name]}`).join(' ') || 'the defaults';
}
