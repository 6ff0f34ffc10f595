import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { candidateName, choicesText, portfolioText } from '../../result/choices.ts';
import { settingsText } from '../../result/settings-text.ts';
import { formatSigned } from '../../terminal/format.ts';
import { gridFigure, paragraph, rangedText, section, type TableRow, table, wideFigure } from '../html.ts';
import { plotEffects } from '../plots/plot-effects.ts';
import { plotSearch } from '../plots/plot-search.ts';
import { escapeText, type Markup } from '../plots/svg.ts';

/** The search: the learning curve, hyperparameters against utility, and the candidates. */
export function searchSection(result: StudyResult): Markup {
  if (result.episodes.length === 0) {
    const what = 'No search: the default configuration alone was evaluated.';
    return result.incumbents.length === 0
      ? ''
      : section('What was tried', paragraph(what), chosenNote(result), candidates(result), methods(result));
  }
  const policy = result.settings?.policy ?? 'the policy';
  return section(
    'What was tried',
    paragraph(
      `${result.episodes.length} configurations, chosen by ${policy} with ${result.policyUpdates} ${result.policyUpdates === 1 ? 'update' : 'updates'} before the last proposal. ` +
        'Utility U is the share of the held-out loss that the synthetic points take away, over folds inside the label budget; ' +
        'the test set plays no part in it.',
    ),
    wideFigure(
      plotSearch(result),
      'Utility of each episode with its standard error; batches are shaded in turn. Far outliers are drawn at the lower edge.',
    ),
    gridFigure(
      plotEffects(result),
      'Utility against each hyperparameter that varied. Top right: its share of the variance among good episodes, and the ' +
        'rank correlation ρ with utility. With so few episodes these are hints, not findings.',
    ),
    chosenNote(result),
    candidates(result),
    methods(result),
  );
}

/** Where the points of the chosen candidate were added, and what the portfolio took. */
function chosenNote(result: StudyResult): Markup {
  const text = `${choicesText(result)} ${portfolioText(result)}`.trim();
  return text === '' ? '' : paragraph(text);
}

function candidates(result: StudyResult): Markup {
  if (result.incumbents.length === 0) return '';
  const rows = result.incumbents.map((incumbent): TableRow => {
    const utility = incumbent.utility;
    return {
      className: incumbent.chosen ? 'strong' : undefined,
      cells: [
        escapeText(candidateName(incumbent)),
        rangedText(utility, (value) => formatSigned(value, 3)),
        incumbent.chosen ? 'chosen' : '',
        `<span class="note settings">${escapeText(settingsText(incumbent.hyperparameters))}</span>`,
      ],
    };
  });
  return table(['evaluated again on the outer split', 'utility', '', 'configuration'], rows);
}

/** The methods that the portfolio chose among, the best first. */
function methods({ portfolio }: StudyResult): Markup {
  if (portfolio === undefined || portfolio.candidates.length === 0) return '';
  const rows = portfolio.candidates.map(
    ({ arm, utility, shrunkUtility, chosen, hyperparameters }): TableRow => ({
      className: chosen ? 'strong' : undefined,
      cells: [
        escapeText(arm),
        rangedText(utility, (value) => formatSigned(value, 3)),
        escapeText(formatSigned(shrunkUtility, 3)),
        chosen ? 'taken' : '',
        `<span class="note settings">${escapeText(settingsText(hyperparameters))}</span>`,
      ],
    }),
  );
  return table(['methods of the portfolio', 'utility', 'after shrinkage', '', 'configuration'], rows);
}
