import { type StudySettings, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { type ReplicateChoice, StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { QnnArm } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { EvaluateRequest, EvaluateResponse } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { OfferedMethod } from '@qloom/study/synthesis/offered-method.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { startTestServer } from '@qloom/testing/test-server.ts';
import { standInDiscriminator, standInGenerator, standInSimulator } from '../testing/stand-in-services.ts';
import { createWorld, smallStudy } from '../testing/world.ts';

const ID = 'curves';
const METHODS: readonly OfferedMethod[] = [
  { name: 'gan', description: '', baseline: false, needs: [], continues: false, classDensity: true },
  { name: 'prior', description: '', baseline: true, needs: [], continues: false, classDensity: true },
  {
    name: 'class-transfer',
    description: '',
    baseline: true,
    needs: [],
    continues: false,
    classDensity: false,
    ratio: 2,
  },
];
const PARAMETERS: readonly Hyperparameter[] = [
  { name: 'method', kind: 'categorical', choices: METHODS.map(({ name }) => name), default: 'gan' },
  { name: 'synthRatio', kind: 'float', min: 0.25, max: 8, scale: 'log', zeroAllowed: true, default: 1 },
];

/** A simulator whose QNN knows the test points once it has synthetic ones, or where `knows` is false learns nothing from them. */
function simulatorThat(knows: boolean): ServiceBinding {
  const { definition, handlers } = standInSimulator();
  const evaluate = async (...[requests, ...rest]: Parameters<(typeof handlers)[string]>): Promise<EvaluateResponse> => {
    const heldOut = createPointsCollector('held_out');
    const copied = (async function* () {
      for await (const request of requests as AsyncIterable<EvaluateRequest>) {
        if (request.part?.$case === 'heldOut') heldOut.add(request.part.value);
        yield request;
      }
    })();
    const { report } = (await handlers['evaluate'](copied, ...rest)) as EvaluateResponse;
    const { y } = heldOut.points();
    const wrong = y.map((label) => 1 - label);
    const runs = report?.runs.map((run) =>
      run.arm === QnnArm.REAL_ONLY ? run : { ...run, predictions: encodeTensor(knows ? y : wrong) },
    );
    return { report: report && { ...report, runs: runs ?? [] } };
  };
  return { definition, handlers: { ...handlers, evaluate } };
}

/** The result of a study of two curves in ten features with a portfolio, without a search. */
async function runWith(simulator: ServiceBinding, changes: Partial<StudySettings['evaluation']> = {}) {
  const services = [standInGenerator({}, PARAMETERS, METHODS), standInDiscriminator(), simulator];
  const servers = await Promise.all(services.map((service) => startTestServer(service)));
  const [generator, discriminator, qnnSim] = servers.map(({ target }) => target);
  const world = await createWorld({ targets: { generator, discriminator, qnnSim }, stop: async () => {} });
  try {
    world.start();
    const evaluation = { draws: 3, rivals: ['prior'], rivalEvaluations: 1, portfolio: true, choice: '', ...changes };
    const settings = smallStudy({ episodes: 0, sobolEpisodes: undefined, noSearch: true, evaluation });
    await world.agent.createStudy({ id: ID, settings });
    // The same settings are those of the study that there is.
    await world.agent.createStudy({ id: ID, settings });
    const study = await world.finished(ID);
    expect([study.state, study.message]).toEqual([StudyState.FINISHED, 'finished']);
    const bytes = await world.artifacts.get(study.result?.sha256 ?? '');
    return StudyResult.fromJSON(JSON.parse(new TextDecoder().decode(bytes)));
  } finally {
    await world.stop();
    await Promise.all(servers.map((server) => server.stop()));
  }
}

const isBeside = ({ dimension = 1, priorDimension = 0 }: ReplicateChoice) => dimension < priorDimension / 2;
const accuracies = (result: StudyResult, name: string) =>
  result.arms.find((arm) => arm.name === name)?.draws.map(({ accuracy }) => accuracy) ?? [];

describe('the alternative of a portfolio', () => {
  it('is taken on the replicates whose labels lie beside the density, where the QNN with it is surely better', async () => {
    const result = await runWith(simulatorThat(true));
    expect(result.settings?.evaluation).toMatchObject({
      rivals: ['prior', 'class-transfer'],
      methods: { alternative: 'class-transfer', withoutDensity: ['class-transfer'] },
    });
    const { arm, candidates = [], choices = [] } = result.portfolio ?? {};
    // It is no candidate of the choice that all replicates share.
    expect(candidates.map((candidate) => candidate.arm).sort()).toEqual(['prior', 'qloom']);
    expect(choices.filter(isBeside).length).toBeGreaterThan(0);
    for (const choice of choices) {
      const { draw = 0, alternativeScore, alternativeError } = choice;
      const scores = accuracies(result, 'portfolio')[draw];
      if (isBeside(choice)) {
        expect(choice).toMatchObject({ adds: true, arm: 'class-transfer', alternativeScore: 1 });
        expect(alternativeError).toBeGreaterThan(0);
        expect(scores).toBe(accuracies(result, 'class-transfer')[draw]);
      } else {
        expect([choice.arm, alternativeScore]).toEqual([undefined, undefined]);
      }
      // Qloom's own arm has one method.
      expect(result.choices[draw]).not.toHaveProperty('arm', 'class-transfer');
      if (isBeside(choice)) expect(result.choices[draw].adds).toBe(false);
    }
    expect(arm).not.toBe('class-transfer');
    const transfer = result.arms.find(({ name }) => name === 'class-transfer');
    const ratio = transfer?.hyperparameters.find(({ name }) => name === 'synthRatio');
    expect(ratio?.value?.value).toEqual({ $case: 'real', value: 2 });
  });

  it('is not taken where the QNN with it is not better, nor considered with another rule', async () => {
    const useless = await runWith(simulatorThat(false));
    for (const choice of useless.portfolio?.choices.filter(isBeside) ?? []) {
      expect(choice).toMatchObject({ adds: false, arm: undefined, alternativeScore: 0 });
    }
    const other = await runWith(simulatorThat(true), { choice: 'classifier' });
    expect(other.portfolio?.choices.map(({ alternativeScore }) => alternativeScore)).toEqual(
      Array.from({ length: 3 }, () => undefined),
    );
  });
});
