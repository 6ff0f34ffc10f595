import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { requireBaselines } from './usable-baselines.ts';

const methods: Hyperparameter = {
  name: 'method',
  kind: 'categorical',
  choices: ['gan', 'noise', 'shot-resampling'],
  default: 'gan',
};

describe('requireBaselines', () => {
  it('takes shot resampling if the data has shots, and says what would be right if it has none', () => {
    expect(() => requireBaselines(['noise', 'shot-resampling'], [methods], { shots: 100 })).not.toThrow();
    expect(() => requireBaselines(['noise', 'shot-resampling'], [methods], { shots: 0 })).toThrow(
      'settings.evaluation.rivals[1]: "shot-resampling" needs shots, and the data has none; right would be data of ' +
        'expectations from a known number of shots, or another baseline',
    );
  });

  it('checks baselines against the offered methods, unless a generator offers none', () => {
    expect(() => requireBaselines(['kde'], [methods], { shots: 0 })).toThrow(
      'settings.evaluation.rivals[0]: "kde" is not one of gan, noise, shot-resampling, which are the methods of the generator',
    );
    expect(() => requireBaselines(['kde'], [], { shots: 0 })).not.toThrow();
    expect(() => requireBaselines(['shot-resampling'], [], { shots: 0 })).toThrow('needs shots');
  });
});
