import type { Implementation } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import { WORKER_STAGES, type WorkerStage } from '@qloom/study/stages.ts';
import { implementationOf, nameOf } from '@qloom/study-rpc/implementations.ts';
import { serviceNamed } from '@qloom/study-rpc/services.ts';
import type { Peers } from '../../peers.ts';
import { proposedEpisodes, type StudyView } from '../../replay/study-view.ts';

/** The service of each stage, for messages. */
const WORK = {
  fit: { peer: 'generator', done: 'fitted', variable: serviceNamed('generator').target },
  assess: { peer: 'discriminator', done: 'assessed', variable: serviceNamed('discriminator').target },
  evaluate: { peer: 'qnnSim', done: 'evaluated', variable: serviceNamed('qnn-sim').target },
} as const satisfies Record<WorkerStage, unknown>;

/** What a difference in versions alone means. */
const UPGRADED =
  'It was upgraded while the study ran: numbers of two versions may differ. Run the study again under another name to have one version throughout.';

/**
 * Warnings of a study whose stages were done by more than one implementation, or by another one than the final
 * evaluation, which asks the agent's own peers: its numbers are then not comparable. Empty if there is one
 * implementation, and if none is named. Rejects with the error of a peer's GetCapabilities.
 */
export async function mixedImplementations(
  view: StudyView,
  peers: Pick<Peers, (typeof WORK)[WorkerStage]['peer']>,
): Promise<string[]> {
  const warnings = await Promise.all(
    WORKER_STAGES.map(async (stage) => {
      const { peer, done, variable } = WORK[stage];
      const workers = proposedEpisodes(view).map(({ slots }) => slots[stage]?.event.implementation);
      const evaluating = implementationOf((await peers[peer].getCapabilities({})).capabilities);
      const [searched, evaluated] = [namesOf(workers), namesOf([evaluating])];
      const services = new Set([...workers, evaluating].flatMap((one) => one?.service ?? []));
      const right = services.size > 1 ? `Right would be the same ${variable} for every service.` : UPGRADED;
      if (searched.length > 1)
        return [
          `Episodes were ${done} by different ${services.size > 1 ? 'services' : 'versions'}: ${searched.join(', ')}. ${right}`,
        ];
      if (searched.length === 0 || evaluated.length === 0 || searched[0] === evaluated[0]) return [];
      return [`Episodes were ${done} by ${searched[0]}, and the final evaluation by ${evaluated[0]}. ${right}`];
    }),
  );
  return warnings.flat();
}

function namesOf(implementations: readonly (Implementation | undefined)[]): string[] {
  return [...new Set(implementations.filter((one) => one !== undefined).map(nameOf))].sort();
}
