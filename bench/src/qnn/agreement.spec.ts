import { disagreement } from './agreement.ts';

const ours = { expectations: [0.5, -0.25], gradient: [2, 0.001] };

describe('disagreement', () => {
  it('is none within what float32 explains', () => {
    expect(disagreement(ours, { expectations: [0.50001, -0.25], gradient: [2.0005, 0.0015] })).toBeUndefined();
  });

  it('is none of gradients where there are none', () => {
    expect(disagreement(ours, { expectations: ours.expectations, gradient: null })).toBeUndefined();
  });

  it.each([
    [{ ...ours, expectations: [0.5, 0.25] }, 'an expectation differs by 0.50'],
    [{ ...ours, gradient: [2, 0.021] }, 'a component of the gradient differs by 0.010 of the largest'],
    [{ ...ours, expectations: [Number.NaN, -0.25] }, 'an expectation differs by NaN'],
    [{ ...ours, gradient: [Number.NaN, 0.001] }, 'a component of the gradient differs by NaN of the largest'],
    [{ ...ours, gradient: [2] }, 'a component of the gradient differs by NaN of the largest'],
  ])('of %j is reported', (theirs, message) => {
    expect(disagreement(ours, theirs)).toBe(message);
  });
});
