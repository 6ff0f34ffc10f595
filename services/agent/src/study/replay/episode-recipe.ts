import type { ProposeFacts } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { decodeConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import type { EarlierFit, Recipe } from '../../domain/evaluation/recipe.ts';
import { factsOf, type StudyView } from './study-view.ts';

/**
 * How the generator of an episode was trained: with its configuration, after those of the episodes whose models it continued. Throws
 * DomainError (`data-loss`) for an episode without a proposal, and for one that continues from itself or a later one.
 */
export function episodeRecipe(view: Pick<StudyView, 'episodes'>, episode: number): Required<Recipe> {
  const fits: EarlierFit[] = [];
  for (let at: number | undefined = episode; at !== undefined; ) {
    const propose: ProposeFacts | undefined = factsOf(view.episodes.get(at)?.propose, 'propose');
    if (propose === undefined) throw new DomainError('data-loss', `episode ${at}: the log has no proposal of it`);
    const continueFrom: number | undefined = propose.continueFrom;
    if (continueFrom !== undefined && continueFrom >= at) {
      throw new DomainError(
        'data-loss',
        `episode ${at}: continues from episode ${continueFrom}, which is no earlier one`,
      );
    }
    const hyperparameters = decodeConfiguration(propose.hyperparameters, 'propose.hyperparameters');
    fits.unshift({ episode: at, hyperparameters });
    at = continueFrom;
  }
  const [{ hyperparameters }] = fits.splice(-1);
  return { hyperparameters, earlier: fits };
}
