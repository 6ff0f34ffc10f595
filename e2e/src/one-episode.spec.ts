import { Outcome, Slot } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { assertEdge, type OtlpCollector, startOtlpCollector } from '@qloom/testing/otlp-collector.ts';
import { type Deployment, deploy } from './deployment.ts';
import { tinyStudy } from './tiny-study.ts';
import { watchStudy } from './watch-study.ts';

describe('one episode through four services', () => {
  let collector: OtlpCollector;
  let deployment: Deployment;

  beforeAll(async () => {
    collector = await startOtlpCollector();
    deployment = await deploy({ otlpEndpoint: collector.endpoint });
  });

  afterAll(async () => {
    await deployment?.stop();
    await collector?.stop();
  });

  it('writes its five slots, and reads as one trace with an edge for every hand-over', async () => {
    const settings = { ...tinyStudy(1), sobolEpisodes: 1, batchSize: 1 };
    await deployment.agent.createStudy({ id: 'one', settings });
    const slots: Slot[] = [];
    for await (const { event } of watchStudy(deployment, 'one')) {
      if (event === undefined) continue;
      expect({ slot: event.slot, failure: event.failure }).toEqual({ slot: event.slot, failure: undefined });
      expect(event.outcome).toBe(Outcome.OK);
      slots.push(event.slot);
      if (event.slot === Slot.REWARD) break;
    }
    expect(slots.slice().sort()).toEqual([Slot.PROPOSE, Slot.FIT, Slot.ASSESS, Slot.EVALUATE, Slot.REWARD]);
    expect(slots.indexOf(Slot.FIT)).toBeLessThan(slots.indexOf(Slot.ASSESS));

    const [root] = await Promise.all([
      collector.span('propose', 'agent'),
      collector.span('fit', 'generator'),
      collector.span('assess', 'discriminator'),
      collector.span('evaluate', 'qnn-sim'),
      collector.span('reward', 'agent'),
    ]);
    const episode = () => collector.spans.filter(({ traceId }) => traceId === root.traceId);
    await collector.span('critique', 'discriminator');
    await collector.span('train-qnn', 'qnn-sim');
    expect(root.parentSpanId).toBe('');
    // Across the event log …
    assertEdge(episode(), 'agent:propose', 'generator:fit');
    assertEdge(episode(), 'generator:fit', 'discriminator:assess');
    assertEdge(episode(), 'generator:fit', 'qnn-sim:evaluate');
    // … and across gRPC.
    assertEdge(episode(), 'generator:qloom.generator.v1.GeneratorService/Fit', 'generator:critique');
    assertEdge(episode(), 'generator:critique', 'discriminator:qloom.discriminator.v1.DiscriminatorService/Critique');
    assertEdge(episode(), 'discriminator:assess', 'discriminator:sample');
    assertEdge(episode(), 'qnn-sim:evaluate', 'qnn-sim:sample');
  });
});
