import { InvalidSpaceError } from './errors.ts';
import { type Hyperparameters, refuseValue } from './parameter.ts';
import { isActive, type Space } from './space.ts';

/**
 * Checks that `point` has a right value for every active parameter, none for an inactive one, and nothing else.
 * Throws {@link InvalidSpaceError} that names the first parameter that is wrong.
 */
export function validatePoint(space: Space, point: Hyperparameters): void {
  const expected = new Set<string>();
  for (const parameter of space.parameters) {
    const value = point[parameter.name];
    if (!isActive(parameter, point)) {
      if (value === undefined) continue;
      const { condition } = parameter;
      throw new InvalidSpaceError(
        parameter.name,
        `applies only while ${condition?.parameter} is ${condition?.values.join(' or ')}`,
      );
    }
    expected.add(parameter.name);
    const reason = value === undefined ? 'is missing' : refuseValue(parameter, value);
    if (reason !== null) throw new InvalidSpaceError(parameter.name, reason);
  }
  for (const name of Object.keys(point)) {
    if (!expected.has(name)) throw new InvalidSpaceError(name, 'is no hyperparameter of this study');
  }
}
