import type { Fold, ProposeFacts } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import type { Proposal } from '../../domain/policy/policy.ts';
import { factsOf } from '../replay/study-view.ts';
import type { SearchContext } from './search-context.ts';

/**
 * The folds of a proposal. Where it continues from an episode, each fold has the model of the same fold in that episode's fit slot; a
 * fold without one starts anew, and `continueFrom` is absent where all do. `observed` is the number of episodes that the policy had
 * observed: their slots are all in the log, so that the same proposal gives the same folds whenever it is made. Throws DomainError
 * (`precondition`) for an episode that was not observed or not rewarded, and where fits cannot continue.
 */
export function foldsOf(
  { journal, policySettings }: Pick<SearchContext, 'journal' | 'policySettings'>,
  { continueFrom }: Pick<Proposal, 'continueFrom'>,
  observed: number,
): Pick<ProposeFacts, 'folds' | 'continueFrom'> {
  const folds = journal.view.prepared?.folds ?? [];
  if (continueFrom === undefined) return { folds, continueFrom };
  const refuse = (problem: string): never => {
    throw new DomainError('precondition', `the policy proposes to continue from episode ${continueFrom}, ${problem}`);
  };
  if (!policySettings.continues) refuse('and the generator of the study does not continue from models');
  if (continueFrom >= observed) refuse(`and has observed ${observed} episodes; right would be one of them`);
  const source = journal.view.episodes.get(continueFrom);
  if (factsOf(source?.reward, 'reward') === undefined) refuse('which was not rewarded; right would be one that was');
  const models = factsOf(source?.fit, 'fit')?.folds ?? [];
  const continued = folds.map((fold): Fold => {
    const model = models.find(({ fold: index }) => index === fold.index)?.model;
    return model === undefined ? fold : { ...fold, initialModel: model };
  });
  const isContinued = continued.some(({ initialModel }) => initialModel !== undefined);
  return { folds: continued, continueFrom: isContinued ? continueFrom : undefined };
}
