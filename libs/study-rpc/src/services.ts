import { AgentServiceService } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { ExperimentServiceService } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { PolicyServiceService } from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { targetProblem } from '@qloom/service-kit/client/target-problem.ts';
import type { StringVariable } from '@qloom/service-kit/config/config.ts';

/**
 * The services of Qloom, one row each; other lists of services are derived from this table or compared with it by a
 * test:
 * - `name`: of its folder in services/, its Deployment and its spans
 * - `title`: in messages
 * - `definition`: its service with GetCapabilities, and `others` that the same program serves
 * - `target`: the environment variable with its address
 * - `image`: of its container
 * - `called`: whether other services call it
 * - `isOnDemand`: whether a local run starts it only for a study that asks for it (ADR 0059)
 */
export const SERVICES = [
  {
    name: 'generator',
    title: 'generator',
    definition: GeneratorServiceService,
    others: [],
    target: 'QLOOM_GENERATOR_TARGET',
    image: 'qloom-generator',
    called: true,
    isOnDemand: false,
  },
  {
    name: 'discriminator',
    title: 'discriminator',
    definition: DiscriminatorServiceService,
    others: [],
    target: 'QLOOM_DISCRIMINATOR_TARGET',
    image: 'qloom-discriminator',
    called: true,
    isOnDemand: false,
  },
  {
    name: 'qnn-sim',
    title: 'QNN simulator',
    definition: QnnSimulatorServiceService,
    others: [],
    target: 'QLOOM_QNN_SIM_TARGET',
    image: 'qloom-qnn-sim',
    called: true,
    isOnDemand: false,
  },
  {
    name: 'agent',
    title: 'agent',
    definition: AgentServiceService,
    others: [PolicyServiceService],
    target: 'QLOOM_AGENT_TARGET',
    image: 'qloom-agent',
    called: false,
    isOnDemand: false,
  },
  {
    name: 'experiment',
    title: 'experiment service',
    definition: ExperimentServiceService,
    others: [],
    target: 'QLOOM_EXPERIMENT_TARGET',
    image: 'qloom-experiment',
    called: true,
    isOnDemand: true,
  },
] as const;

/** A row of {@link SERVICES}. */
export type ServiceRow = (typeof SERVICES)[number];

/** The name of a service. */
export type ServiceName = ServiceRow['name'];

/** Names of all services, in the order of the table. */
export const SERVICE_NAMES: readonly ServiceName[] = SERVICES.map(({ name }) => name);

/** Names of the services that every study needs, in the order of the table. */
export const STUDY_SERVICE_NAMES: readonly ServiceName[] = SERVICES.filter((row) => !row.isOnDemand).map(
  ({ name }) => name,
);

/** The port at which containers serve. */
export const CONTAINER_PORT = 50051;

/** The environment variable with the address of a PolicyService that replaces the agent's own policies. */
export const POLICY_TARGET = 'QLOOM_POLICY_TARGET';

/** The row of a service. */
export function serviceNamed<Name extends ServiceName>(name: Name): Extract<ServiceRow, { readonly name: Name }> {
  return SERVICES.find((row) => row.name === name) as Extract<ServiceRow, { readonly name: Name }>;
}

/** The variables with the address of each service; `addressOf` returns the address by the name of the service. */
export function targetVariables(addressOf: (name: ServiceName) => string): Record<ServiceRow['target'], string> {
  return Object.fromEntries(SERVICES.map(({ name, target }) => [target, addressOf(name)])) as Record<
    ServiceRow['target'],
    string
  >;
}

/**
 * The same variables as entries of a service's configuration; a service includes those that it needs in its own table.
 */
export const TARGET_CONFIG = Object.fromEntries(
  SERVICES.map(({ target, title }): [string, StringVariable] => [target, targetConfig(title)]),
) as Readonly<Record<ServiceRow['target'], StringVariable>>;

function targetConfig(title: string): StringVariable {
  return {
    type: 'string',
    description: `Address of the ${title}: unix:/path.sock, host:port, dns:///host:port (balanced round robin), or tls://host:port (the same over TLS).`,
    check: targetProblem,
  };
}
