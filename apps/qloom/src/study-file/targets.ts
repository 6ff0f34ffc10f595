import { POLICY_TARGET, SERVICE_NAMES, type ServiceName, serviceNamed } from '@qloom/study-rpc/services.ts';

/** What a study can be given by address: a service in place of ours, or a policy that the agent asks in place of its own. */
type TargetName = ServiceName | 'policy';

/** Addresses by {@link TargetName}. */
export type Targets = Readonly<Partial<Record<TargetName, string>>>;

/** The environment variable that names the address of a service or policy. */
function targetVariable(name: TargetName): string {
  return name === 'policy' ? POLICY_TARGET : serviceNamed(name).target;
}

/** Addresses of services of one's own in an environment, such as `QLOOM_GENERATOR_TARGET`. */
export function targetsFromEnvironment(env: Readonly<Record<string, string | undefined>>): Targets {
  const names: TargetName[] = [...SERVICE_NAMES, 'policy'];
  const given = names.map((name) => [name, env[targetVariable(name)]?.trim()] as const);
  return Object.fromEntries(given.filter(([, target]) => target !== undefined && target !== ''));
}
