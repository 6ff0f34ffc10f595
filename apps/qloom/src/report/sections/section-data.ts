import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { LabelledRows } from '../../data/labelled-rows.ts';
import { columnsOf } from '../../result/card.ts';
import { settingsText } from '../../result/settings-text.ts';
import { formatValue } from '../../terminal/format.ts';
import { definitions, gridFigure, paragraph, section } from '../html.ts';
import { plotScatter } from '../plots/plot-scatter.ts';
import { element, escapeText, type Markup } from '../plots/svg.ts';

/** The kept data: real against synthetic, and its card. */
export function dataSection(
  result: StudyResult,
  real: LabelledRows | undefined,
  synthetic: LabelledRows | undefined,
): Markup {
  if (result.synthetic === undefined) {
    return section(
      'The synthetic data',
      paragraph('None was kept: no configuration with synthetic points was chosen.'),
    );
  }
  const classNames = result.data?.classNames ?? [];
  const plots =
    real !== undefined && synthetic !== undefined
      ? plotScatter({ rows: real, name: 'real' }, { rows: synthetic, name: 'synthetic' }, classNames)
      : [];
  const key = classKey(classNames, 'real', 'synthetic');
  return section('The synthetic data', gridFigure(plots, key), element('h3', {}, 'Its card'), card(result));
}

/** The key to the marks of {@link plotScatter}. */
export function classKey(classNames: readonly string[], filled: string, rings: string): Markup {
  const classes = classNames.map(
    (name, i) => `<span><i style="background:var(--k${i % 8})"></i>${escapeText(name)}</span>`,
  );
  return `<span class="key">${classes.join('')}<span><i style="background:currentColor"></i>${escapeText(filled)}</span><span><i class="ring"></i>${escapeText(rings)}</span></span>`;
}

function card(result: StudyResult): Markup {
  const kept = result.synthetic;
  if (kept === undefined) return '';
  const classNames = result.data?.classNames ?? [];
  const counts = kept.classCounts.map((count, label) => `${classNames[label] ?? label}: ${count}`).join(', ');
  const measured = [...(kept.fidelity?.metrics ?? []), ...(kept.fidelity?.constraints ?? [])]
    .map(({ name, value }) => `${name} ${formatValue(value)}`)
    .join(', ');
  return definitions([
    ['file', `synthetic.csv: ${kept.rows} rows (${counts}), columns ${columnsOf(result).join(', ')}`],
    ['how', settingsText(kept.hyperparameters)],
    [
      'made from',
      `${result.labelsUsed} labelled real points (training.csv${kept.training === undefined ? '' : `, sha256 ${kept.training.sha256.slice(0, 16)}…`})`,
    ],
    ['seeds', `study ${result.settings?.seed ?? 0}, fit ${kept.fitSeed}, sampling ${kept.sampleSeed}`],
    ['gate', `${(kept.acceptance * 100).toFixed(0)}% of drawn points passed`],
    ['model', kept.model === undefined ? '–' : `sha256 ${kept.model.sha256}`],
    ...(measured === ''
      ? []
      : [['beside training.csv', `${measured} (the real points that it was fitted on, not the test set)`] as const]),
  ]);
}
