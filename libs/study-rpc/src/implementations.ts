import { status } from '@grpc/grpc-js';
import type { Capabilities, Implementation } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import { UnavailableError } from '@qloom/service-kit/faults/errors.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import { echoed } from '@qloom/tensor/quoted.ts';

/** A service that names itself in its capabilities. */
export interface AskedService {
  readonly target: string;
  getCapabilities(
    request: Record<never, never>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<{ readonly capabilities?: Capabilities | undefined }>;
}

/**
 * Thrown when services of one study call different implementations of a service. It maps to UNAVAILABLE: the episode is
 * not at fault, and continues once every service has the same target.
 */
export class MixedImplementationsError extends UnavailableError {
  override name = 'MixedImplementationsError';
}

/** A service's name and version; undefined if it gives none. */
export function implementationOf(capabilities: Capabilities | undefined): Implementation | undefined {
  return capabilities?.service ? { service: capabilities.service, version: capabilities.version } : undefined;
}

/**
 * Returns the points that `sample` gets from `generator` with a model of `fitted`. Another implementation is not
 * called, because a generator reads only its own models, so that its refusal would say nothing about the episode.
 * Another version of the same implementation is called, because of upgrades; if it refuses the model, the error names
 * the versions.
 *
 * @throws MixedImplementationsError naming both; otherwise the errors of `sample`.
 */
export async function* sampleFromFitted<T>(
  generator: AskedService,
  fitted: Implementation | undefined,
  signal: AbortSignal,
  sample: () => AsyncIterable<T>,
): AsyncGenerator<T> {
  if (fitted === undefined) {
    yield* sample();
    return;
  }
  const asked = implementationOf((await generator.getCapabilities({}, { signal })).capabilities);
  if (asked !== undefined && asked.service !== fitted.service) throw mixed(generator, fitted, asked, '');
  try {
    yield* sample();
  } catch (error) {
    const refused = isServiceError(error) && REFUSALS.has(error.code);
    if (!refused || asked === undefined || asked.version === fitted.version) throw error;
    throw mixed(generator, fitted, asked, ', which refuses it,', error);
  }
}

/** Statuses with which a generator refuses a model that it cannot read. */
const REFUSALS: ReadonlySet<number> = new Set([
  status.INVALID_ARGUMENT,
  status.FAILED_PRECONDITION,
  status.DATA_LOSS,
  status.UNIMPLEMENTED,
]);

function mixed(
  { target }: AskedService,
  fitted: Implementation,
  asked: Implementation,
  remark: string,
  cause?: unknown,
): MixedImplementationsError {
  return new MixedImplementationsError(
    `the model was fitted by ${nameOf(fitted)}, and the generator at ${target}${remark} is ${nameOf(asked)}; ` +
      'right would be one implementation: the same QLOOM_GENERATOR_TARGET for every service',
    { cause },
  );
}

/** `qloom.generator 0.1.0`, in messages. */
export function nameOf({ service, version }: Implementation): string {
  return [service, version]
    .filter((part) => part !== '')
    .map(echoed)
    .join(' ');
}
