import { DataSource, type StudySettings, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { Score, StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { EvaluateResponse } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import { startTestServer } from '@qloom/testing/test-server.ts';
import { standInDiscriminator, standInGenerator, standInSimulator } from '../../../testing/stand-in-services.ts';
import { createWorld, type StandIns, smallStudy } from '../../../testing/world.ts';
import { storeDataset } from '../../data/datasets.ts';

const ID = 'scores';

/** A simulator that sends neither predictions nor probabilities. */
function silentSimulator(): ServiceBinding {
  const { definition, handlers } = standInSimulator();
  const evaluate = async (...call: Parameters<(typeof handlers)[string]>): Promise<EvaluateResponse> => {
    const { report } = (await handlers['evaluate'](...call)) as EvaluateResponse;
    return {
      report: report && {
        ...report,
        runs: report.runs.map((run) => ({ ...run, predictions: undefined, probabilities: undefined })),
      },
    };
  };
  return { definition, handlers: { ...handlers, evaluate } };
}

async function startServices(simulator: ServiceBinding): Promise<StandIns> {
  const services = [standInGenerator(), standInDiscriminator(), simulator];
  const servers = await Promise.all(services.map((service) => startTestServer(service)));
  const [generator, discriminator, qnnSim] = servers.map((server) => server.target);
  return {
    targets: { generator, discriminator, qnnSim },
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  };
}

/** The result of a study on a file of 72 points of class 0 and 8 of class 1. */
async function unequalStudy(simulator: ServiceBinding, changes: Partial<StudySettings> = {}): Promise<StudyResult> {
  const services = await startServices(simulator);
  const world = await createWorld(services);
  try {
    const random = createRandom('unequal');
    const y = Int32Array.from({ length: 80 }, (_, i) => (i % 10 === 0 ? 1 : 0));
    const x = Float64Array.from({ length: 160 }, (_, i) => 1.5 * y[i >> 1] + random.normal());
    const points = { count: 80, features: 2, classes: 2, x, y };
    const dataset = await storeDataset(world.artifacts, points, DataDescription.fromPartial({}));
    world.start();
    const data = DataSource.fromPartial({
      source: { $case: 'dataset', value: dataset },
      labelBudget: 40,
      testSize: 40,
    });
    await world.agent.createStudy({ id: ID, settings: smallStudy({ data, ...changes }) });
    const study = await world.finished(ID);
    expect([study.state, study.message]).toEqual([StudyState.FINISHED, 'finished']);
    const bytes = await world.artifacts.get(study.result?.sha256 ?? '');
    return StudyResult.fromJSON(JSON.parse(new TextDecoder().decode(bytes)));
  } finally {
    await world.stop();
    await services.stop();
  }
}

describe('arms on a test set of unequal classes', () => {
  it('have recalls and balanced accuracy, by which they are compared', async () => {
    const result = await unequalStudy(standInSimulator());
    expect(result.testClassCounts).toEqual([36, 4]);
    expect(result.headline).toBe(Score.BALANCED_ACCURACY);
    expect(result.verdict).toContain('points of balanced test accuracy');
    for (const {
      name,
      draws,
      accuracy,
      loss,
      auc,
      logLoss,
      balancedAccuracy,
      balancedAccuracyGain,
      classRecalls,
    } of result.arms) {
      const [many, few] = classRecalls;
      expect([many.label, few.label]).toEqual([0, 1]);
      // Every split has the same 36 and 4 test points, so that means over draws are means of these shares.
      expect(accuracy?.estimate).toBeCloseTo((36 * many.recall + 4 * few.recall) / 40, 9);
      expect(balancedAccuracy?.estimate).toBeCloseTo((many.recall + few.recall) / 2, 9);
      expect(draws.map((draw) => draw.balancedAccuracy)).not.toContain(undefined);
      expect(loss?.lower ?? 0).toBeGreaterThanOrEqual(0);
      if (name === 'svc' || name === 'nearest-neighbours') {
        expect([auc, logLoss, draws[0].auc, draws[0].logLoss]).toEqual([undefined, undefined, undefined, undefined]);
      } else {
        expect(auc?.estimate).toBeGreaterThan(0.5);
        expect(auc?.estimate).toBeLessThanOrEqual(1);
        // The stand-in's loss is −ln of its probability; both are sent as float32, u = 6e-8.
        if (loss !== undefined) expect(logLoss?.estimate).toBeCloseTo(loss.estimate, 5);
        else expect(logLoss?.estimate).toBeGreaterThan(0);
      }
      // Two draws: nothing may be claimed, and every interval is within its range.
      if (name !== 'real-only') expect(balancedAccuracyGain?.pValueHolm).toBe(1);
      for (const { lower = 0, upper = 0 } of [balancedAccuracyGain?.difference ?? {}]) {
        expect(lower).toBeGreaterThanOrEqual(-1);
        expect(upper).toBeLessThanOrEqual(1);
      }
    }
    expect(result.verdict).toMatch(/[Tt]oo few draws \(2\) to claim anything/);
    const counts = result.arms.flatMap(({ frechet }) => (frechet === undefined ? [] : [frechet]));
    expect(counts.length).toBeGreaterThan(0);
    expect(result.frechetCount).toBeGreaterThanOrEqual(2);
  });

  it('are judged by accuracy if the simulator sends no predictions, with a warning', async () => {
    const result = await unequalStudy(silentSimulator());
    expect(result.headline).toBe(Score.ACCURACY);
    expect(result.warnings.join('\n')).toMatch(/predictions behind some scores are not known/);
    expect(result.warnings.join('\n')).toMatch(/the largest class alone would score 90\.0%/);
    const ofArm = (name: string) => result.arms.find((arm) => arm.name === name);
    expect(ofArm('real-only')?.classRecalls).toEqual([]);
    expect(ofArm('qloom')?.balancedAccuracy).toBeUndefined();
    expect(ofArm('qloom')?.auc).toBeUndefined();
    expect(ofArm('teacher')?.auc).toBeDefined();
    // The classical arms predict here, and keep their recalls.
    expect(ofArm('svc')?.classRecalls).toHaveLength(2);
    expect(ofArm('noise')?.accuracyGain?.difference?.level).toBe(0.95);
  });
});
