import type { Estimate, Execution, Price } from './backend.ts';

/** What a price comes to for one job that takes `seconds` of the device. */
export function jobCost(price: Price, executions: readonly Execution[], seconds: number): number {
  const shots = executions.reduce((sum, one) => sum + one.shots, 0);
  return price.perJob + price.perExecution * executions.length + price.perShot * shots + price.perSecond * seconds;
}

/** A quote without uncertainty. */
export function exactQuote(cost: number, seconds: number): { readonly cost: Estimate; readonly seconds: Estimate } {
  const exactly = (value: number): Estimate => ({ expected: value, low: value, high: value });
  return { cost: exactly(cost), seconds: exactly(seconds) };
}
