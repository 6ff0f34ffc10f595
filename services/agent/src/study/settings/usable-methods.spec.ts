import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { DataNeed, OfferedMethod } from '@qloom/study/synthesis/offered-method.ts';
import {
  completeBaselines,
  completeDefault,
  type GeneratorMethods,
  methodFacts,
  requireBaselines,
  requireMethods,
  requirePretrainingBaseline,
} from './usable-methods.ts';

const NAMES = ['gan', 'noise', 'gaussian', 'again', 'pool', 'other'];
const methodOf = (choices: readonly string[]): readonly Hyperparameter[] => [
  { name: 'method', kind: 'categorical', choices: [...choices], default: 'gan' },
];
const hyperparameters = methodOf(NAMES);

const described = new Map(
  (
    [
      ['gan', false, []],
      ['noise', true, []],
      ['gaussian', true, []],
      ['again', true, ['shots']],
      ['pool', true, ['unlabelled', 'source']],
      ['other', true, ['unknown']],
    ] as [string, boolean, OfferedMethod['needs']][]
  ).map(([name, baseline, needs]) => [name, { name, description: '', baseline, needs, continues: name === 'gan' }]),
);
const methods = { hyperparameters, described };
const met = (...needs: DataNeed[]) => new Set(needs);
/** A generator that offers other hyperparameters alone: it ignores the name of a method. */
const without: GeneratorMethods = { hyperparameters: [], described: new Map() };
const WITHOUT =
  'the generator has no hyperparameter "method", by which baselines are requested; right would be no rivals, or a generator that offers it';

describe('requireBaselines', () => {
  it('takes a method whose needs the data meets, and says what would be right if it does not', () => {
    expect(() => requireBaselines(['noise', 'again'], methods, met('shots'))).not.toThrow();
    expect(() => requireBaselines(['noise', 'again'], methods, met())).toThrow(
      'settings.evaluation.rivals[1]: "again" needs expectations from a known number of shots, which the study does not have; ' +
        'right would be a study that has, or another baseline',
    );
    expect(() => requireBaselines(['pool'], methods, met('shots', 'unlabelled'))).toThrow(
      '"pool" needs points of a cheaper relative (data.simulator), which the study does not have',
    );
    expect(() => requireBaselines(['pool'], methods, met('unlabelled', 'source'))).not.toThrow();
  });

  it('takes no method with a need that it does not know', () => {
    expect(() => requireBaselines(['other'], methods, met('unlabelled', 'source', 'shots'))).toThrow(
      '"other" needs something that this agent does not know',
    );
  });

  it('takes no method with the name of an arm that is no baseline', () => {
    const named = { hyperparameters: methodOf(['gan', 'oracle', 'lda']), described: new Map() };
    expect(() => requireBaselines(['oracle', 'lda'], named, met())).toThrow(
      /rivals\[0\]: "oracle" is the name of another arm; .*rivals\[1\]: "lda" is the name of another arm/,
    );
  });

  it('takes no method that is no baseline', () => {
    expect(() => requireBaselines(['gan'], methods, met())).toThrow(
      '"gan" is no baseline; there are noise, gaussian, again, pool, other',
    );
  });

  it('checks only names for a generator that does not describe its methods', () => {
    const undescribed = { hyperparameters, described: new Map() };
    expect(() => requireBaselines(['kde'], undescribed, met())).toThrow(
      'settings.evaluation.rivals[0]: "kde" is not one of gan, noise, gaussian, again, pool, other, which are the methods of the generator',
    );
    expect(() => requireBaselines(['again', 'gan'], undescribed, met())).not.toThrow();
  });
});

describe('a generator without methods', () => {
  it('has no baselines: those that a study names, and pre-training, which compares with one, are refused', () => {
    const asked = { rivals: [], portfolio: true };
    expect(completeBaselines(asked, without, met('unlabelled', 'source', 'shots'))).toEqual([]);
    expect(() => requireBaselines([], without, met())).not.toThrow();
    expect(() => requireBaselines(['noise', 'kde'], without, met())).toThrow(`settings.evaluation.rivals: ${WITHOUT}`);
    expect(() => requirePretrainingBaseline(without, met())).toThrow(
      /^settings\.pretraining: is compared with the baseline "noise", which is not offered: the generator has no hyper/,
    );
    // What it says of methods does not make it take their names.
    expect(completeBaselines(asked, { ...without, described }, met('shots'))).toEqual([]);
  });
});

describe('requirePretrainingBaseline', () => {
  it('takes a generator that offers noise as a baseline', () => {
    expect(() => requirePretrainingBaseline(methods, met())).not.toThrow();
    const other = { ...methods, hyperparameters: methodOf(['gan', 'again']) };
    expect(() => requirePretrainingBaseline(other, met())).toThrow('"noise" is not one of gan, again');
  });
});

describe('completeBaselines', () => {
  const none = { rivals: [], portfolio: false };

  it('are noise, the Gaussian, and every baseline whose needs besides labels the data meets, if none is named', () => {
    expect(completeBaselines(none, methods, met('shots', 'unlabelled'))).toEqual(['noise', 'gaussian', 'again']);
    expect(completeBaselines(none, methods, met('unlabelled', 'source'))).toEqual(['noise', 'gaussian', 'pool']);
    expect(completeBaselines(none, methods, met('unlabelled'))).toEqual(['noise', 'gaussian']);
    const undescribed = { hyperparameters, described: new Map() };
    expect(completeBaselines(none, undescribed, met('shots'))).toEqual(['noise', 'gaussian']);
    expect(completeBaselines({ rivals: ['noise'], portfolio: false }, methods, met('shots'))).toEqual(['noise']);
  });

  it('are only those that the generator offers', () => {
    const few = { hyperparameters: methodOf(['gan', 'gaussian', 'again']), described };
    expect(completeBaselines(none, few, met('shots', 'unlabelled', 'source'))).toEqual(['gaussian', 'again']);
    const noise = { name: 'noise', description: '', baseline: false, needs: [], continues: false };
    const ofOthers = { hyperparameters, described: new Map([...described, ['noise', noise]]) };
    expect(completeBaselines(none, ofOthers, met())).toEqual(['gaussian']);
    expect(completeBaselines({ ...none, portfolio: true }, { ...methods, described: new Map() }, met())).toEqual([
      'noise',
      'gaussian',
    ]);
  });

  it('have the prior and those whose needs the data meets with a portfolio, each once', () => {
    const prior = { name: 'prior', description: '', baseline: true, needs: [], continues: false };
    const withPrior = {
      hyperparameters: methodOf([...NAMES, 'prior']),
      described: new Map([...described, ['prior', prior]]),
    };
    const named = (...rivals: string[]) => ({ rivals, portfolio: true });
    expect(completeBaselines(named('again', 'noise'), withPrior, met('shots'))).toEqual(['again', 'noise', 'prior']);
    expect(completeBaselines(named('noise'), methods, met('unlabelled', 'source'))).toEqual(['noise', 'pool']);
    expect(completeBaselines(named(), withPrior, met())).toEqual(['noise', 'gaussian', 'prior']);
  });
});

describe('methodFacts', () => {
  const offered = (name: string, classDensity?: boolean): [string, OfferedMethod] => [
    name,
    { name, description: '', baseline: true, needs: [], continues: false, classDensity },
  ];
  const of = (...rows: [string, OfferedMethod][]) => ({ described: new Map(rows) });
  const withTransfer = of(offered('prior', true), offered('smote', false), offered('class-transfer', false));

  it('are the methods without a density of a class, and class transfer as the alternative of a portfolio', () => {
    const withoutDensity = ['smote', 'class-transfer'];
    const arms = ['prior', 'class-transfer'];
    expect(methodFacts({ portfolio: true }, arms, withTransfer)).toEqual({
      alternative: 'class-transfer',
      withoutDensity,
    });
    expect(methodFacts({ portfolio: false }, arms, withTransfer)).toEqual({ alternative: undefined, withoutDensity });
    expect(methodFacts({ portfolio: true }, ['prior'], withTransfer).alternative).toBeUndefined();
  });

  it('take no method for one without a density that is not described as such', () => {
    const unknown = of(offered('class-transfer'), offered('prior', true));
    expect(methodFacts({ portfolio: true }, ['class-transfer'], unknown)).toEqual({
      alternative: undefined,
      withoutDensity: [],
    });
  });
});

describe('completeDefault', () => {
  const offers = (name: string, ...needs: OfferedMethod['needs']) =>
    [name, { name, description: '', baseline: true, needs, continues: false }] as const;
  const offered = {
    described: new Map([offers('noise'), offers('pooled', 'unlabelled'), offers('related', 'source')]),
  };

  it('is the baseline that uses points of a source, then one that uses unlabelled points, then the own method', () => {
    expect(completeDefault(undefined, ['noise', 'pooled', 'related'], offered)).toBe('related');
    expect(completeDefault(undefined, ['noise', 'pooled'], offered)).toBe('pooled');
    expect(completeDefault(undefined, ['noise'], offered)).toBe('qloom');
    expect(completeDefault(undefined, ['noise'], { described: new Map() })).toBe('qloom');
  });

  it('is the arm that a study names, if there is one of that name', () => {
    expect(completeDefault('noise', ['noise', 'related'], offered)).toBe('noise');
    expect(completeDefault('qloom', ['related'], offered)).toBe('qloom');
    expect(() => completeDefault('related', ['noise'], offered)).toThrow(
      'settings.evaluation.portfolio_default: "related" is not one of qloom, noise, the arms that choose a method',
    );
  });
});

describe('requireMethods', () => {
  it('refuses a space with a method whose needs the data does not meet', () => {
    expect(() => requireMethods(hyperparameters, methods, met('shots'))).toThrow(
      'settings.space.method: "pool" needs points without labels (data.unlabelled) and points of a cheaper relative',
    );
    const own: Hyperparameter = { name: 'method', kind: 'categorical', choices: ['gan', 'noise'], default: 'gan' };
    expect(() => requireMethods([own], methods, met())).not.toThrow();
    expect(() => requireMethods([], methods, met())).not.toThrow();
  });
});
