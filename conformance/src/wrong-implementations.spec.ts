import { failuresOf, runSuiteOn } from './testing/run-suite.ts';
import { type CriticFault, toyDiscriminator } from './testing/toy-discriminator.ts';
import { type GeneratorFault, toyGenerator } from './testing/toy-generator.ts';
import { type PolicyFault, toyPolicy } from './testing/toy-policy.ts';
import { type SimulatorFault, toySimulator } from './testing/toy-simulator.ts';

describe('the checks of a generator', () => {
  it('pass a correct one, and skip optional parts that it lacks', async () => {
    const results = await runSuiteOn('generator', toyGenerator());
    expect(failuresOf(results)).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === 'skipped').map(({ reason }) => reason)).toContain(
      'the service sends no resumable checkpoints; it need not',
    );
  });

  it.each<[GeneratorFault, RegExp]>([
    ['counts', /class counts that were asked for.*: the class counts are 7, 0, 11; right would be 7, 0, 12/],
    ['not deterministic', /same model and seed.*: the second sample is another; right would be the same bits/],
    ['deaf to its seed', /another seed gives other points: seeds 3 and 4 give the same/],
    ['status', /a fit without settings .*: the call ended as INTERNAL: .*; right would be INVALID_ARGUMENT/],
    ['model hash', /one model, whole and with its SHA-256.*: model: sha256 is [0-9a-f]{64}; right would be 0{64}/],
    ['summary first', /last one summary: model came after the summary; right would be the summary last, once/],
  ])('fail one whose fault is: %s', async (fault, message) => {
    expect(failuresOf(await runSuiteOn('generator', toyGenerator(fault)))).toContainEqual(
      expect.stringMatching(message),
    );
  });

  it('report one fault once: dependent checks are skipped', async () => {
    const results = await runSuiteOn('generator', toyGenerator('model hash'));
    expect(failuresOf(results).filter((failure) => failure.includes('sha256 is'))).toHaveLength(2);
    expect(results).toContainEqual(
      expect.objectContaining({ outcome: 'skipped', reason: 'needs a first fit, which failed above' }),
    );
  });
});

describe('the checks of a critic', () => {
  it('pass a correct one, and skip Assess if it is not offered', async () => {
    const results = await runSuiteOn('discriminator', toyDiscriminator());
    expect(failuresOf(results)).toEqual([]);
  });

  it.each<[CriticFault, RegExp]>([
    ['gradient of the sum', /by central differences: along itself the gradient says .*, the losses say/],
    ['ignores weights', /by central differences: along itself the gradient says .*, the losses say/],
    ['learns unasked', /a critic that is not updated does not change.*: update=false: logits .* became/],
    ['accepts repeats', /a repeated index is .*: the call ended as OK; right would be FAILED_PRECONDITION/],
    ['forgets', /a critic resumed on another stream.*: resumed from the checkpoint, answer 0 has other logits/],
    ['gradient unasked', /the gradient comes where it was wanted.*: a gradient came that was not wanted/],
  ])('fail one whose fault is: %s', async (fault, message) => {
    const failures = failuresOf(await runSuiteOn('discriminator', toyDiscriminator(fault)));
    expect(failures).toContainEqual(expect.stringMatching(message));
  });
});

describe('the checks of a simulator', () => {
  it('pass a correct one, and skip circuits if they are not offered', async () => {
    expect(failuresOf(await runSuiteOn('qnn-sim', toySimulator()))).toEqual([]);
  });

  it.each<[SimulatorFault, RegExp]>([
    ['loss', /the loss is the mean .*: REAL_ONLY, seed 5: loss is .*, the mean of losses/],
    ['accuracy', /the accuracy is the share.*: REAL_ONLY, seed 5: accuracy is .*; right would be .*, the share/],
    ['prediction', /predictions are classes.*: the class 3 is predicted; right would be 0 to 2/],
    [
      'probabilities',
      /are distributions over the classes: .*: probabilities of point 0 are 1,1,1; right would be at least 0/,
    ],
    ['runs', /one run for each arm and seed: the runs are .*; right would be AUGMENTED, seed 5; AUGMENTED, seed 9/],
    ['not deterministic', /the same input gives the same report but for times: run 0 is/],
    [
      'status',
      /an evaluation without settings .*: the call ended as NOT_FOUND: a part; right would be INVALID_ARGUMENT/,
    ],
  ])('fail one whose fault is: %s', async (fault, message) => {
    const failures = failuresOf(await runSuiteOn('qnn-sim', toySimulator(fault)));
    expect(failures).toContainEqual(expect.stringMatching(message));
  });
});

describe('the checks of a policy', () => {
  it('pass a correct one', async () => {
    expect(failuresOf(await runSuiteOn('policy', toyPolicy()))).toEqual([]);
  });

  it.each<[PolicyFault, RegExp]>([
    ['remembers', /the same requests give the same answers: batch 0 has other proposals the second time/],
    ['inactive values', /for each active hyperparameter, and no others: a proposal has method, .*width/],
    ['out of range', /the proposal of rate is 1000000; right would be in \[0.0001, 0.1\]/],
    ['too few', /as many proposals come as were wanted: batch 0 has 3 proposals; right would be 4/],
  ])('fail one whose fault is: %s', async (fault, message) => {
    expect(failuresOf(await runSuiteOn('policy', toyPolicy(fault)))).toContainEqual(expect.stringMatching(message));
  });
});
