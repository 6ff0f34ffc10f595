import { echoed } from '@qloom/tensor/quoted.ts';
import { SpaceConflictError } from './errors.ts';
import { type Hyperparameters, type Parameter, refuseParameter, refuseValue } from './parameter.ts';

/** The hyperparameters that a study chooses: parents stand before the parameters that depend on them. */
export interface Space {
  readonly parameters: readonly Parameter[];
}

/**
 * A space of `parameters`, put in an order in which a condition's parameter comes first and names are otherwise sorted,
 * so that the order in which services answered does not matter.
 * Throws {@link SpaceConflictError} for a duplicate name, a condition on nothing or in a circle, a senseless range.
 */
export function createSpace(parameters: readonly Parameter[]): Space {
  const byName = new Map<string, Parameter>();
  for (const parameter of parameters) {
    const reason = refuseParameter(parameter);
    if (reason !== null) throw new SpaceConflictError(parameter.name, reason);
    if (byName.has(parameter.name)) throw new SpaceConflictError(parameter.name, 'is described twice');
    byName.set(parameter.name, parameter);
  }
  const ordered: Parameter[] = [];
  const visit = (parameter: Parameter, below: readonly string[]): void => {
    if (ordered.includes(parameter)) return;
    if (below.includes(parameter.name)) {
      throw new SpaceConflictError(parameter.name, `its condition runs in a circle: ${below.map(echoed).join(' → ')}`);
    }
    const { condition } = parameter;
    if (condition !== undefined) {
      const parent = byName.get(condition.parameter);
      if (parent === undefined) {
        throw new SpaceConflictError(
          parameter.name,
          `depends on ${echoed(condition.parameter)}, which no service offers`,
        );
      }
      for (const value of condition.values) {
        const reason = refuseValue(parent, value);
        if (reason !== null)
          throw new SpaceConflictError(parameter.name, `depends on ${echoed(parent.name)}: ${reason}`);
      }
      visit(parent, [...below, parameter.name]);
    }
    ordered.push(parameter);
  };
  for (const name of [...byName.keys()].sort()) visit(byName.get(name) as Parameter, []);
  return { parameters: ordered };
}

/** True where `parameter` applies, given the values chosen before it. */
export function isActive(parameter: Parameter, chosen: Hyperparameters): boolean {
  const { condition } = parameter;
  if (condition === undefined) return true;
  const value = chosen[condition.parameter];
  return value !== undefined && condition.values.includes(value);
}

/** The defaults of the active parameters. */
export function defaultPoint(space: Space): Hyperparameters {
  const point: Record<string, number | string> = {};
  for (const parameter of space.parameters) if (isActive(parameter, point)) point[parameter.name] = parameter.default;
  return point;
}
