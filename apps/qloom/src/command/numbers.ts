import { InvalidArgumentError } from 'commander';

/** A parser of whole numbers for options, whose error has the allowed range. */
export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`It is not a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}

/** A parser of numbers for options, whose error has the allowed range. */
export function realNumber(minimum = -Infinity, maximum = Infinity): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < minimum || value > maximum) {
      const range = minimum === -Infinity ? '' : ` from ${minimum} to ${maximum}`;
      throw new InvalidArgumentError(`It is not a number${range}.`);
    }
    return value;
  };
}
