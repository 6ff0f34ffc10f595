import { describeAppends } from './append-contract.ts';
import { describeConsumers } from './consume-contract.ts';
import { type EpisodeLogHarness, setUpContract } from './contract-setup.ts';
import { describeLeases } from './lease-contract.ts';
import { describeLoad } from './load-contract.ts';
import { describeOrder } from './order-contract.ts';

/** What every `EpisodeLog` must do. Registers jest tests; every wait is for an event. */
export function describeEpisodeLogContract(adapter: string, harness: EpisodeLogHarness): void {
  describe(`EpisodeLog contract: ${adapter}`, () => {
    const setup = setUpContract(harness);
    describeAppends(setup);
    describeOrder(setup);
    describeConsumers(setup);
    describeLeases(setup);
    describeLoad(setup);
  });
}
