import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import {
  PRETRAINING_COLUMNS,
  pretrainingCells,
  pretrainingLabel,
  pretrainingText,
  pretrainingVerdict,
} from '../../result/pretraining.ts';
import { paragraph, section, table, wideFigure } from '../html.ts';
import { plotSteps } from '../plots/plot-steps.ts';
import { escapeText, type Markup } from '../plots/svg.ts';

/** How many training steps pre-training saves; nothing where the study does not measure it. */
export function pretrainingSection({ pretraining }: StudyResult): Markup {
  if (pretraining === undefined) return '';
  const rows = pretraining.arms.map((arm) => ({
    className: arm.name === 'pretrained-qloom' ? 'strong' : undefined,
    cells: [pretrainingLabel(arm), ...pretrainingCells(arm, pretraining)].map(escapeText),
  }));
  return section(
    'How many steps does pre-training save?',
    paragraph(pretrainingVerdict(pretraining)),
    wideFigure(
      plotSteps(pretraining),
      'Test accuracy after each counted step, mean over draws; the line is the target. Dashed: from random parameters.',
    ),
    table(['arm', ...PRETRAINING_COLUMNS], rows),
    paragraph(pretrainingText(pretraining), 'note'),
  );
}
