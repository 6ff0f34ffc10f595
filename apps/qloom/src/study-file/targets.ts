/** The four services. */
export const SERVICES = ['generator', 'discriminator', 'qnn-sim', 'agent'] as const;
/** One of {@link SERVICES}. */
export type ServiceName = (typeof SERVICES)[number];

/** What a study can be given by address: a service in place of ours, or a policy that the agent asks in place of its own. */
const TARGET_NAMES = [...SERVICES, 'policy'] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

/** Addresses by {@link TARGET_NAMES}. */
export type Targets = Readonly<Partial<Record<TargetName, string>>>;

/** The environment variable that names the address of a service or policy. */
export function targetVariable(name: TargetName): string {
  return `QLOOM_${name.replace('-', '_').toUpperCase()}_TARGET`;
}

/** Addresses of services of one's own in an environment, such as `QLOOM_GENERATOR_TARGET`. */
export function targetsFromEnvironment(env: Readonly<Record<string, string | undefined>>): Targets {
  const given = TARGET_NAMES.map((name) => [name, env[targetVariable(name)]?.trim()] as const);
  return Object.fromEntries(given.filter(([, target]) => target !== undefined && target !== ''));
}
