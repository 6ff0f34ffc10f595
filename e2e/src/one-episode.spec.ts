import { Outcome, Slot } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { assertEdge, type OtlpCollector, startOtlpCollector } from '@qloom/testing/otlp-collector.ts';
import { type Deployment, deploy } from './deployment.ts';
import { readSlots } from './read-log.ts';
import { tinyStudy } from './tiny-study.ts';
import { watchStudy } from './watch-study.ts';

const FIT = 'qloom.generator.v1.GeneratorService/Fit';
const SAMPLE = 'qloom.generator.v1.GeneratorService/Sample';
const CRITIQUE = 'qloom.discriminator.v1.DiscriminatorService/Critique';
const EVALUATE = 'qloom.qnn_sim.v1.QnnSimulatorService/Evaluate';

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

  it('writes its five slots, and is one trace with an edge between consecutive stages', async () => {
    const settings = { ...tinyStudy(1), sobolEpisodes: 0, batchSize: 1, policy: 'fixed' };
    await deployment.agent.createStudy({ id: 'one', settings });
    const slots: Slot[] = [];
    for await (const { event } of watchStudy(deployment, 'one')) {
      if (event === undefined) continue;
      expect({ slot: event.slot, failure: event.failure }).toEqual({ slot: event.slot, failure: undefined });
      expect(event.outcome).toBe(Outcome.OK);
      slots.push(event.slot);
      if (event.slot === Slot.REWARD) break;
    }
    expect(slots.at(-1)).toBe(Slot.REWARD);
    const written = await readSlots(`sqlite:${deployment.folder.file('log.db')}`, 'one');
    expect([...written.keys()]).toEqual(['0/assess', '0/evaluate', '0/fit', '0/propose', '0/reward']);

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
    // The reward continues the slot that was written last.
    const isBefore = (stage: string): boolean => {
      try {
        assertEdge(episode(), stage, 'agent:reward');
        return true;
      } catch {
        return false;
      }
    };
    expect(['qnn-sim:evaluate', 'discriminator:assess'].filter(isBefore)).toHaveLength(1);
    // … and across gRPC.
    assertEdge(episode(), `generator:${FIT}`, 'generator:generate');
    assertEdge(episode(), 'generator:generate', `generator:${CRITIQUE}`);
    assertEdge(episode(), `generator:${CRITIQUE}`, `discriminator:${CRITIQUE}`);
    assertEdge(episode(), `discriminator:${CRITIQUE}`, 'discriminator:critique');
    assertEdge(episode(), `discriminator:${SAMPLE}`, `generator:${SAMPLE}`);
    assertEdge(episode(), `qnn-sim:${SAMPLE}`, `generator:${SAMPLE}`);
    assertEdge(episode(), `generator:${SAMPLE}`, 'generator:sample');
    assertEdge(episode(), `qnn-sim:${EVALUATE}`, 'qnn-sim:train-qnn');
  });
});
