import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describeWithPython, pythonProgram } from '@qloom/testing/python.ts';
import { type SpawnedMain, spawnProgram } from '@qloom/testing/spawn-main.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { createWorkplace, type Workplace } from './cli-qloom.ts';
import { readRecord, rewardedEpisodes } from './cli-run-folder.ts';
import { TINY_STUDY } from './cli-tiny-study.ts';

const execute = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = `${ROOT}examples/services`;

/** The example services in Python. */
const SERVICES = [
  {
    module: 'numpy_generator',
    suite: 'generator',
    target: 'QLOOM_GENERATOR_TARGET',
    needs: ['numpy'],
    // It offers other hyperparameters than those of the space.
    study: TINY_STUDY.replace(/space:\n( {2}.*\n)+/, ''),
  },
  {
    module: 'optuna_policy',
    suite: 'policy',
    target: 'QLOOM_POLICY_TARGET',
    needs: ['optuna', 'scipy'],
    study: TINY_STUDY.replace('policy: ppo-surrogate', 'policy: tpe'),
  },
] as const;
const MODULES = ['grpc', 'grpc_health', 'grpc_status', 'grpc_tools', 'pytest', 'ruff'];

describe.each(SERVICES)('examples/services/$module', ({ module, suite, target, needs, study }) => {
  describeWithPython('in Python', [...MODULES, ...needs], () => {
    let stubs: TempFolder;
    let place: Workplace;
    let service: SpawnedMain;
    let address: string;

    beforeAll(async () => {
      [stubs, place] = await Promise.all([createTempFolder(), createWorkplace()]);
      await execute(pythonProgram(), ['make_stubs.py', `${ROOT}proto`, stubs.path], { cwd: FOLDER });
      address = stubs.socket(suite);
      const env = { PYTHONPATH: stubs.path, PYTHONDONTWRITEBYTECODE: '1', QLOOM_LISTEN: address };
      service = spawnProgram(pythonProgram(), ['-m', module], { env, cwd: FOLDER });
      await service.ready;
    }, 300_000);

    afterAll(async () => {
      const { code } = await service.stop();
      await Promise.all([stubs.remove(), place.remove()]);
      expect(code).toBe(0);
    });

    it('passes its own tests', async () => {
      const env = { ...process.env, PYTHONPATH: stubs.path, PYTHONDONTWRITEBYTECODE: '1' };
      await execute(pythonProgram(), ['-m', 'pytest', '--quiet', module], { cwd: FOLDER, env });
    }, 300_000);

    it('passes the conformance kit', async () => {
      const { stdout } = await execute(process.execPath, ['conformance/src/main.ts', suite, address], { cwd: ROOT });
      expect(stdout).toMatch(/ 0 failed/);
    }, 300_000);

    it('takes part in a study', async () => {
      place.write('tiny.yaml', study);
      const { code, stderr } = await place.start(['run', 'tiny.yaml', '--out', 'runs'], { [target]: address }).ended;
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      const folder = place.file('runs/tiny');
      expect(rewardedEpisodes(folder)).toEqual([0, 1, 2, 3]);
      expect(readRecord(folder).state).toBe('finished');
    }, 300_000);
  });
});
