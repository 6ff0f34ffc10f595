import { Slot } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { ServiceName } from '@qloom/study-rpc/services.ts';
import { type Deployment, deploy } from './deployment.ts';
import { readSlots } from './read-log.ts';
import { readResult } from './read-result.ts';
import { tinyStudy } from './tiny-study.ts';
import { finishStudy, watchStudy } from './watch-study.ts';

/** The service at work between two slots; it is killed as soon as the slot `after` of episode 1 is written. */
const KILLS: readonly { readonly stage: string; readonly service: ServiceName; readonly after: Slot }[] = [
  { stage: 'fit, in the generator', service: 'generator', after: Slot.PROPOSE },
  { stage: 'fit, in its critic', service: 'discriminator', after: Slot.PROPOSE },
  { stage: 'assess', service: 'discriminator', after: Slot.FIT },
  { stage: 'evaluate', service: 'qnn-sim', after: Slot.FIT },
  { stage: 'sampling for both', service: 'generator', after: Slot.FIT },
  { stage: 'reward', service: 'agent', after: Slot.EVALUATE },
  { stage: 'propose', service: 'agent', after: Slot.REWARD },
];

describe('kill -9 of a service', () => {
  let undisturbed: Map<string, unknown>;
  let undisturbedResult: unknown;
  let deployment: Deployment | undefined;
  const settings = tinyStudy(6);

  const logUrl = () => `sqlite:${deployment!.folder.file('log.db')}`;

  beforeAll(async () => {
    deployment = await deploy();
    await deployment.agent.createStudy({ id: 'tiny', settings });
    await finishStudy(deployment, 'tiny');
    undisturbed = await readSlots(logUrl(), 'tiny');
    undisturbedResult = await readResult(deployment, 'tiny');
    await deployment.stop();
    deployment = undefined;
  }, 180_000);

  afterEach(async () => {
    await deployment?.stop();
    deployment = undefined;
  });

  it('starts from an undisturbed run whose every episode was rewarded', () => {
    const rewarded = [...undisturbed.keys()].filter((key) => key.endsWith('/reward'));
    expect(rewarded).toHaveLength(6);
  });

  it.each(KILLS)(
    'during $stage: every episode is rewarded, and slots and result are those of the undisturbed run',
    async ({ service, after }) => {
      deployment = await deploy();
      await deployment.agent.createStudy({ id: 'tiny', settings });
      for await (const { event } of watchStudy(deployment, 'tiny')) {
        if (event?.episode === 1 && event.slot === after) break;
      }
      await deployment.killAndRestart(service);
      await finishStudy(deployment, 'tiny');
      expect(await readSlots(logUrl(), 'tiny')).toEqual(undisturbed);
      expect(await readResult(deployment, 'tiny')).toEqual(undisturbedResult);
    },
    180_000,
  );
});
