import type { EngineChoice } from '../domain/engine-choice.ts';
import { capabilitiesOf } from './capabilities.ts';

const engine = (name: string, available = true) => ({
  ...{ name, available, automatic: available, description: 'an engine', detail: available ? 'a chip' : 'no chip' },
});

const choice: EngineChoice = {
  selected: 'fast',
  reason: 'the fastest: fast 0.25 ms, slow 31 ms',
  measurements: [
    { name: 'fast', stepMs: 0.25 },
    { name: 'slow', stepMs: 31.4 },
  ],
  engines: [engine('absent', false), engine('slow'), engine('fast')],
  resolve: (name) => name,
};

describe('capabilitiesOf', () => {
  it('lists engines, fastest first, with the measured time of each', () => {
    expect(capabilitiesOf(choice, '1').engines).toEqual([
      { name: 'fast', available: true, selected: true, reason: 'the fastest: fast 0.25 ms, slow 31 ms' },
      { name: 'slow', available: true, selected: false, reason: 'an engine: a chip; 31 ms a step' },
      { name: 'absent', available: false, selected: false, reason: 'an engine: no chip' },
    ]);
  });
});
