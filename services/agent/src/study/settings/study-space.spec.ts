import { SpaceOverride } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { createSpace } from '@qloom/study/space/space.ts';
import { searchSpace, studySpace } from './study-space.ts';

const number = (name: string, value: number): Hyperparameter => ({
  name,
  kind: 'float',
  min: value / 4,
  max: 4 * value,
  scale: 'log',
  default: value,
});
const METHOD: Hyperparameter = { name: 'method', kind: 'categorical', choices: ['gan', 'noise'], default: 'gan' };
const LAYERS: Hyperparameter = { name: 'vae.layers', kind: 'categorical', choices: ['1', '2', '3'], default: '2' };
const qloom = createSpace([
  METHOD,
  number('synthRatio', 1),
  number('vae.latentDim', 8),
  number('gan.steps', 400),
  number('gan.lrG', 0.001),
  LAYERS,
]);

/** Names of the hyperparameters that can take more than one value. */
const searched = (space: ReturnType<typeof searchSpace>) =>
  space.parameters
    .filter((each) => (each.kind === 'categorical' ? each.choices.length > 1 : each.max > each.min))
    .map(({ name }) => name)
    .sort();
const override = (value: Partial<SpaceOverride>) => SpaceOverride.fromPartial(value);

describe('searchSpace', () => {
  it('holds what moves the gain, and the defaults of all else', () => {
    const space = searchSpace(qloom, []);
    expect(searched(space)).toEqual(['gan.steps', 'synthRatio', 'vae.latentDim']);
    expect(space.parameters.find(({ name }) => name === 'gan.lrG')).toMatchObject({ min: 0.001, max: 0.001 });
    expect(space.parameters.find(({ name }) => name === 'vae.layers')).toMatchObject({ choices: ['2'] });
  });

  it('is widened by what a study names', () => {
    const space = searchSpace(qloom, [
      override({ name: 'gan.lrG', maximum: 0.002 }),
      override({ name: 'vae.layers', choices: ['1', '3'] }),
    ]);
    expect(searched(space)).toEqual(['gan.lrG', 'gan.steps', 'synthRatio', 'vae.latentDim', 'vae.layers']);
    expect(space.parameters.find(({ name }) => name === 'gan.lrG')).toMatchObject({ max: 0.002 });
  });

  it('holds all of a generator that offers other hyperparameters', () => {
    const other = createSpace([number('synthRatio', 1), number('flow.depth', 4)]);
    expect(searchSpace(other, [])).toEqual(studySpace(other, []));
  });

  it('leaves out what applies only if it is offered and is not, and refuses any other name', () => {
    const other = createSpace([number('synthRatio', 1), number('flow.depth', 4)]);
    const steps = { name: 'gan.steps', minimum: 200 };
    const method = { name: 'method', fixed: { value: { $case: 'choice' as const, value: 'gan' } }, ifOffered: true };
    const given = [override({ ...steps, ifOffered: true }), override(method)];
    expect(searchSpace(other, given)).toEqual(studySpace(other, []));
    expect(searchSpace(qloom, given).parameters.find(({ name }) => name === 'gan.steps')).toMatchObject({ min: 200 });
    expect(() => searchSpace(other, [override(steps)])).toThrow(/gan\.steps: no service offers/);
    expect(() => searchSpace(other, [given[0], override(steps)])).toThrow(/there twice/);
  });
});
