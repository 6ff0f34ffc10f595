import { exchangeParts, stepTime, warm } from './split-times.ts';

/** Four steps of 10 ms: asked at 2, the answer at 8, the step over at 10; the critic has the request from 4 to 7. */
const at = (offset: number) => [0, 10, 20, 30].map((start) => start + offset);
const generator = { ended: at(10), asked: at(2), told: at(8), free: at(5) };
const critic = {
  received: at(4),
  answered: at(7),
  // An update ends half a millisecond after the generator has asked again.
  runs: at(7.5).map((began) => ({ graph: 'update', began, ended: began + 5 })),
};

describe('the times of a split step', () => {
  it('add up to the exchange', () => {
    const { exchange, judging, late, transport } = exchangeParts(generator, critic);
    expect({ exchange, judging, late, transport }).toEqual({ exchange: 6, judging: 3, late: 0.5, transport: 2.5 });
    expect(judging + late + transport).toBe(exchange);
  });

  it('say what of it the generator waits, and how long both are busy elsewhere', () => {
    expect(exchangeParts(generator, critic)).toMatchObject({ waiting: 3, elsewhere: 4, update: 5 });
  });

  it('go from the end of a step to the end of the next, warm ones only', () => {
    expect(stepTime(generator)).toBe(10);
    expect(warm([1, 2, 3, 4])).toEqual([3, 4]);
  });
});
