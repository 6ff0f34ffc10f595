import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describeWithPython } from '@qloom/testing/python.ts';
import { createWorkplace, type Workplace } from './cli-qloom.ts';
import { readRecord, rewardedEpisodes } from './cli-run-folder.ts';
import { TINY_STUDY, TINY_STUDY_OF_ANY_GENERATOR } from './cli-tiny-study.ts';
import { PYTHON_MODULES, type PythonService, ROOT, runPython, startPythonService } from './python-service.ts';

/** The example services in Python. */
const SERVICES = [
  {
    module: 'numpy_generator',
    suite: 'generator',
    target: 'QLOOM_GENERATOR_TARGET',
    needs: [],
    // It offers other hyperparameters than those of the space, and no `method`.
    study: TINY_STUDY_OF_ANY_GENERATOR,
  },
  {
    module: 'optuna_policy',
    suite: 'policy',
    target: 'QLOOM_POLICY_TARGET',
    needs: ['optuna', 'scipy'],
    study: TINY_STUDY.replace('policy: ppo-surrogate', 'policy: tpe'),
  },
  {
    module: 'pennylane_qnn_sim',
    suite: 'qnn-sim',
    target: 'QLOOM_QNN_SIM_TARGET',
    needs: ['pennylane', 'jax'],
    study: TINY_STUDY,
  },
] as const;

describeWithPython('all Python that is no peer of a benchmark', ['ruff'], () => {
  it('is formatted, and has nothing that ruff reports', async () => {
    const cwd = `${ROOT}examples/services`;
    const others = [`${ROOT}clients/python`, `${ROOT}services/experiment/src/testing`];
    const more = ['--config', 'pyproject.toml', '--no-cache', '.', ...others];
    for (const args of [['check'], ['format', '--check']]) {
      await runPython(['-m', 'ruff', ...args, ...more], { cwd });
    }
  }, 600_000);
});

describe.each(SERVICES)('examples/services/$module', ({ module, suite, target, needs, study }) => {
  describeWithPython('in Python', [...PYTHON_MODULES, ...needs], () => {
    let place: Workplace;
    let service: PythonService;

    beforeAll(async () => {
      [service, place] = await Promise.all([startPythonService(module), createWorkplace()]);
    }, 600_000);

    afterAll(async () => {
      await place.remove();
      expect(await service.stop()).toBe(0);
    }, 600_000);

    it('passes the conformance kit', async () => {
      const args = ['conformance/src/main.ts', suite, service.address];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
      expect(stdout).toMatch(/ 0 failed/);
    }, 600_000);

    it('passes its own tests', async () => {
      await service.run('pytest', '--quiet', module, 'qloom_service');
    }, 600_000);

    it('takes part in a study', async () => {
      place.write('tiny.yaml', study);
      const run = place.start(['run', 'tiny.yaml', '--out', 'runs'], { [target]: service.address });
      const { code, stderr } = await run.ended;
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      const folder = place.file('runs/tiny');
      expect(rewardedEpisodes(folder)).toEqual([0, 1, 2, 3]);
      expect(readRecord(folder).state).toBe('finished');
    }, 600_000);
  });
});
