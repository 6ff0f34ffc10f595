import {
  type Incumbent,
  IncumbentKind,
  type ReplicateChoice,
  type StudyResult,
} from '@qloom/contracts/gen/qloom/agent/v1/result.ts';

/** Whether Qloom's points were added on any replicate. In results without choices `addsData` held for all of them. */
export function addsAnywhere({ choices, addsData }: StudyResult): boolean {
  return choices.length === 0 ? addsData : choices.some(({ adds }) => adds);
}

/**
 * On how many replicates points were added, the mean scores and dimensions behind it, and what the same rule says of the study's own labels; empty in
 * results without choices.
 */
export function choicesText({ choices, ownChoice }: StudyResult): string {
  if (choices.length === 0) return '';
  const added = choices.filter(({ adds }) => adds).length;
  const known = choices.filter(
    ({ classifierScore, flexibleScore, qnnScore }) =>
      classifierScore !== undefined && flexibleScore !== undefined && qnnScore !== undefined,
  );
  const mean = (of: 'classifierScore' | 'flexibleScore' | 'qnnScore'): string =>
    `${((100 * known.reduce((sum, choice) => sum + (choice[of] ?? 0), 0)) / known.length).toFixed(1)}%`;
  const scores =
    known.length === 0
      ? ''
      : `; mean cross-validated accuracy inside the labels: its classifier ${mean('classifierScore')}, a flexible one ${mean('flexibleScore')}, the real-only QNN ${mean('qnnScore')}`;
  const measured = choices.flatMap(({ dimension, priorDimension }) =>
    dimension === undefined || priorDimension === undefined ? [] : [{ dimension, priorDimension }],
  );
  const meanOf = (of: 'dimension' | 'priorDimension'): string =>
    (measured.reduce((sum, choice) => sum + choice[of], 0) / measured.length).toFixed(1);
  const dimensions =
    measured.length === 0
      ? ''
      : `; mean dimension of the labels ${meanOf('dimension')}, of its density at least ${meanOf('priorDimension')}`;
  const own =
    ownChoice === undefined
      ? ''
      : ` By the same rule its points should ${ownChoice.adds ? '' : 'not '}be added to the study's own labels.`;
  return `Points were added on ${added} of ${choices.length} replicates${scores}${dimensions}.${own}`;
}

/** Which methods the portfolio took, why, and on how many replicates; empty in results without that arm. */
export function portfolioText({ portfolio }: StudyResult): string {
  if (portfolio === undefined) return '';
  const { arm, reason, choices } = portfolio;
  const added = choices.filter((choice) => choice.adds && choice.arm === undefined).length;
  const took = arm === '' ? 'no method' : `the method of arm ${arm}`;
  const text = `The portfolio took ${took}, added on ${added} of ${choices.length} replicates. ${reason}`;
  return `${text} ${alternativeText(choices)}`.trimEnd();
}

/** On how many replicates the alternative was considered and taken, and the mean scores behind it; empty where it was on none. */
function alternativeText(choices: readonly ReplicateChoice[]): string {
  const considered = choices.flatMap(({ alternativeScore, qnnScore, arm }) =>
    alternativeScore === undefined || qnnScore === undefined ? [] : [{ alternativeScore, qnnScore, arm }],
  );
  if (considered.length === 0) return '';
  const taken = considered.filter(({ arm }) => arm !== undefined);
  const meanOf = (of: 'alternativeScore' | 'qnnScore'): string =>
    `${((100 * considered.reduce((sum, choice) => sum + choice[of], 0)) / considered.length).toFixed(1)}%`;
  const what = taken.length === 0 ? 'Points of another method were' : `Points of ${taken[0].arm} were`;
  return (
    `${what} considered on ${considered.length} ${considered.length === 1 ? 'replicate' : 'replicates'} whose labels lie beside the generator's density, and added instead on ` +
    `${taken.length} (mean cross-validated accuracy of the QNN there ${meanOf('alternativeScore')} with them, ${meanOf('qnnScore')} without).`
  );
}

/** Display name of a candidate. */
export function candidateName({ kind, episode }: Incumbent): string {
  if (kind === IncumbentKind.DEFAULT) return 'the default configuration';
  return episode === undefined ? 'add nothing' : `episode ${episode}`;
}
