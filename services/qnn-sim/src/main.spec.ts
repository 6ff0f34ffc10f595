import { fileURLToPath } from 'node:url';
import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { spawnMain } from '@qloom/testing/spawn-main.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

describe('main', () => {
  it('serves under plain Node, measures its engines, and drains on SIGTERM', async () => {
    const main = spawnMain(MAIN, { QLOOM_LISTEN: '127.0.0.1:0', QLOOM_QNN_WORKERS: '1' });
    const { target, service } = await main.ready;
    expect(service).toBe('qnn-sim');
    const simulator = connect(QnnSimulatorServiceService, target);
    const { capabilities } = await simulator.getCapabilities({});
    const [fastest] = capabilities?.engines ?? [];
    expect([fastest.name, fastest.selected]).toEqual(['wasm', true]);
    expect(fastest.reason).toContain('the fastest on a training step');
    simulator.close();
    expect(await main.stop()).toEqual({ code: 0, signal: null });
  });

  it('says which variables QLOOM_LOG needs', async () => {
    const main = spawnMain(MAIN, { QLOOM_LISTEN: '127.0.0.1:0', QLOOM_LOG: 'sqlite:///nowhere/log.db' });
    await expect(main.ready).rejects.toThrow(
      /QLOOM_ARTIFACTS: not set; it is needed where QLOOM_LOG is set.*QLOOM_GENERATOR_TARGET: not set; it is needed/s,
    );
  });
});
