import type { Random } from '@qloom/random/random.ts';
import { sampleExpectation } from '../sampling/shot-sampling.ts';
import { createTask } from '../tasks/create-task.ts';
import { resolveSettings, type SettingSpecs } from '../tasks/settings.ts';
import type { Task } from '../tasks/task.ts';
import { cachedAnnniExpectations } from './annni-expectations.ts';
import { ANNNI_CLASSES, ANNNI_RANGES, annniPhase } from './annni-phases.ts';
import { parsePauliString } from './pauli-string.ts';

/** Settings of the ANNNI task. */
export const ANNNI_SETTINGS = {
  /** Length of the chain. */
  spins: { kind: 'integer', low: 4, high: 12, default: 8 },
  /** Pauli strings whose expectations are the features, qubits counted from 0. */
  observables: { kind: 'texts', default: ['Z3', 'X3X4', 'X3X5', 'Z0'] },
  /** Measurements per observable; null for exact expectations. */
  shots: { kind: 'shots', high: 65_536, default: 16 },
} as const satisfies SettingSpecs;

/**
 * Phases of the ANNNI chain from expectations of its ground state. Couplings (κ, h) are uniform on the rectangle within
 * each class (by rejection; drawn as they fall they are 13/10/76 %), labels are the infinite chain's. Throws DatasetError on
 * invalid settings, such as a Pauli string that names a qubit the chain does not have.
 */
export function createAnnniTask(given: Readonly<Record<string, unknown>> = {}): Task {
  const settings = resolveSettings('task annni', ANNNI_SETTINGS, given);
  const spins = settings.spins as number;
  const shots = settings.shots as number | null;
  const observables = (settings.observables as readonly string[]).map((text) => parsePauliString(text, spins));
  const [kappaLow, kappaHigh] = ANNNI_RANGES.kappa;
  const [fieldLow, fieldHigh] = ANNNI_RANGES.field;
  const drawCouplings = (random: Random): [kappa: number, field: number] => [
    kappaLow + (kappaHigh - kappaLow) * random.uniform(),
    fieldLow + (fieldHigh - fieldLow) * random.uniform(),
  ];
  return createTask({
    descriptor: {
      name: 'annni',
      title: `Phases of the ANNNI chain, ${spins} spins, ${shots === null ? 'exact expectations' : `${shots} shots`}`,
      settings,
      featureNames: observables.map((pauli) => pauli.text),
      classNames: ANNNI_CLASSES,
      physical: observables.map(() => ({ low: -1, high: 1 })),
      expectations: { shots },
    },
    pointsPerTurn: spins <= 8 ? 16 : spins <= 10 ? 2 : 1,
    drawClass: (random) => annniPhase(...drawCouplings(random)),
    drawPoint(label, random, out) {
      let [kappa, field] = drawCouplings(random);
      while (annniPhase(kappa, field) !== label) [kappa, field] = drawCouplings(random);
      const exact = cachedAnnniExpectations(spins, kappa, field, observables);
      for (let j = 0; j < out.length; j++)
        out[j] = shots === null ? exact[j] : sampleExpectation(exact[j], shots, random);
    },
  });
}
