import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import type { ServiceDefinition } from '@qloom/service-kit/server/definition.ts';
import { CheckSkipped } from '../check.ts';
import type { SuiteOptions } from '../suite.ts';

/** One instance or two of the service that is checked. */
export interface Instances<D extends ServiceDefinition> {
  readonly first: Remote<D>;
  /** The second instance. Throws {@link CheckSkipped} where none was given. */
  second(): Remote<D>;
  close(): void;
}

/** Connects to the instances of a run. */
export function connectInstances<const D extends ServiceDefinition>(
  definition: D,
  { target, second, connection }: Pick<SuiteOptions, 'target' | 'second' | 'connection'>,
): Instances<D> {
  const first = connect(definition, target, connection);
  const other = second === undefined ? undefined : connect(definition, second, connection);
  return {
    first,
    second() {
      if (other === undefined) throw new CheckSkipped(NO_SECOND);
      return other;
    },
    close() {
      first.close();
      other?.close();
    },
  };
}

const NO_SECOND =
  'takes two instances: name another one with --second TARGET, or let the kit start both with --start COMMAND';
