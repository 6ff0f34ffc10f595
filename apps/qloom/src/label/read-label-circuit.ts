import type { ShotLimits } from '@qloom/acquisition/shots/next-shots.ts';
import type { Campaign } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import type { Backend } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { circuitFromQasm } from '@qloom/qnn/model/qasm-circuit.ts';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import { parseObservable } from '@qloom/quantum/observables/observable-text.ts';
import { UsageError } from '../command/errors.ts';
import { readCircuitFile } from '../study-file/circuit-file.ts';
import { createLabelRule } from './label-rule.ts';
import type { LabelCircuit } from './measure-points.ts';

/** Reads a circuit without parameters from an OpenQASM file. Throws UsageError, and the errors of reading it with their place. */
export function readLabelCircuit(path: string): Circuit {
  const read = readCircuitFile(path);
  if (typeof read === 'string') throw new UsageError(`--circuit: ${read}`);
  const circuit = circuitFromQasm(read.text, path);
  if (circuit.parameters.length > 0) {
    throw new UsageError(
      `--circuit: ${path} has ${circuit.parameters.length} inputs besides x0, x1, …; right would be numbers in their place`,
    );
  }
  return circuit;
}

/** The circuit and the rule for a campaign on a backend. Throws UsageError where they do not fit together, and CircuitError for an observable. */
export function fitLabelCircuit(
  circuit: Circuit,
  observableTexts: readonly string[],
  shots: ShotLimits,
  { featureNames, settings }: Pick<Campaign, 'featureNames' | 'settings'>,
  { name, qubits, limits }: Backend,
): LabelCircuit {
  if (circuit.inputs !== featureNames.length) {
    throw new UsageError(
      `--circuit: has ${circuit.inputs} features (x0, x1, …), and the points have ${featureNames.length}: ${featureNames.join(', ')}; right would be as many`,
    );
  }
  if (circuit.qubits > qubits) {
    throw new UsageError(
      `--backend: ${name} has ${qubits} qubits, and the circuit ${circuit.qubits}; right would be another backend`,
    );
  }
  const classes = settings?.classNames ?? [];
  const wanted = classes.length === 2 ? '1 or 2' : String(classes.length);
  if (observableTexts.length !== classes.length && !(observableTexts.length === 1 && classes.length === 2)) {
    throw new UsageError(
      `--observable: ${observableTexts.length} for the classes ${classes.join(', ')}; right would be ${wanted}: one for each class, in their order, or of two classes the one whose sign tells them apart`,
    );
  }
  const observables = observableTexts.map((text) => parseObservable(text, circuit.qubits));
  const rule = createLabelRule(observables);
  observables.forEach((_, a) => {
    const same = observables.findIndex((__, b) => b < a && rule.isSame(a, b));
    if (same >= 0) {
      throw new UsageError(
        `--observable: those of ${classes[same]} and ${classes[a]} are the same; right would be different ones`,
      );
    }
  });
  if (rule.groups.length === 0) throw new UsageError('--observable: measures nothing; right would be one such as Z0');
  const least = limits?.minShots ?? 0;
  const most = limits?.maxShots || Number.POSITIVE_INFINITY;
  if (shots.first < least) throw new UsageError(`--shots: ${shots.first}, and ${name} takes ${least} or more`);
  if (shots.most > most) throw new UsageError(`--most-shots: ${shots.most}, and ${name} takes at most ${most}`);
  return { circuit, rule, shots };
}
