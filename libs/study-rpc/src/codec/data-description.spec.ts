import { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { decodeDataDescription } from './data-description.ts';

const size = { features: 2, classes: 3 };

describe('decodeDataDescription', () => {
  it('returns names, bounds and shots unchanged', () => {
    const given = DataDescription.create({
      featureNames: ['a', 'b'],
      lowerBounds: [0, 0],
      upperBounds: [1, 2],
      shots: 16,
    });
    expect(decodeDataDescription(given, size, 'settings.data')).toEqual({
      featureNames: ['a', 'b'],
      lower: [0, 0],
      upper: [1, 2],
      shots: 16,
      pauliExpectations: false,
    });
  });

  it('has no bounds if none are given, and those of an expectation for expectations', () => {
    expect(decodeDataDescription(undefined, size, 'data')).toMatchObject({ lower: [], upper: [], featureNames: [] });
    const expectations = DataDescription.create({ pauliExpectations: true });
    expect(decodeDataDescription(expectations, size, 'data')).toMatchObject({ lower: [-1, -1], upper: [1, 1] });
  });

  it('names every list that does not fit the points', () => {
    const given = DataDescription.create({ featureNames: ['a'], classNames: ['x'], upperBounds: [1, 2, 3] });
    const decode = () => decodeDataDescription(given, size, 'settings.data');
    expect(decode).toThrow(ValidationError);
    expect(decode).toThrow('settings.data.feature_names: has 1 names for 2 features');
    expect(decode).toThrow('settings.data.class_names: has 1 names for 3 classes');
    expect(decode).toThrow('settings.data.upper_bounds: has 3 entries for 2 features');
  });
});
