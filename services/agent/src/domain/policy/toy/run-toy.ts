import type { EpisodeResult, Policy, PolicySettings } from '../policy.ts';
import type { ToyBenchmark } from './toy-benchmarks.ts';

/** Runs a policy on a benchmark with staleness 1 and returns the best score found. */
export async function runToy(
  policy: Policy,
  benchmark: ToyBenchmark,
  settings: Omit<PolicySettings, 'space'>,
): Promise<number> {
  const full = { ...settings, space: benchmark.space };
  const states = [policy.initial(full)];
  let best = Number.NEGATIVE_INFINITY;
  for (let batch = 0; batch * full.batchSize < full.episodes; batch++) {
    const firstEpisode = batch * full.batchSize;
    const count = Math.min(full.batchSize, full.episodes - firstEpisode);
    const proposals = policy.propose(full, states[Math.max(0, batch - 1)], { batch, firstEpisode, count });
    const results = proposals.map(({ hyperparameters }, i): EpisodeResult => {
      const reward = benchmark.score(hyperparameters);
      best = Math.max(best, reward);
      return { episode: firstEpisode + i, hyperparameters, reward, observation: null };
    });
    states.push(await policy.observe(full, states[batch], results));
  }
  return best;
}
