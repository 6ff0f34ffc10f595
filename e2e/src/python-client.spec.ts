import { mkdir } from 'node:fs/promises';
import { describeWithPython } from '@qloom/testing/python.ts';
import { type Deployment, deploy } from './deployment.ts';
import { ROOT, runPython } from './python-service.ts';

const MODULES = ['grpc', 'grpc_status', 'grpc_tools', 'numpy', 'pytest'];

describeWithPython('clients/python', MODULES, () => {
  let deployment: Deployment;
  beforeAll(async () => {
    // Its campaigns have points of no method that needs a critic.
    deployment = await deploy({ without: ['discriminator'] });
  }, 600_000);
  afterAll(() => deployment.stop(), 600_000);

  it('asks and tells an agent', async () => {
    const stubs = deployment.folder.file('stubs');
    const env = {
      ...process.env,
      PYTHONPATH: stubs,
      PYTHONDONTWRITEBYTECODE: '1',
      QLOOM_AGENT: deployment.target('agent'),
    };
    const maker = `${ROOT}examples/services/make_stubs.py`;
    await mkdir(stubs);
    await runPython([maker, `${ROOT}proto`, stubs], { cwd: ROOT });
    const stdout = await runPython(['-m', 'pytest', '--quiet', 'tests'], { cwd: `${ROOT}clients/python`, env });
    expect(stdout).toMatch(/^\d+ passed/m);
    expect(stdout).not.toMatch(/skipped/);
  }, 600_000);
});
