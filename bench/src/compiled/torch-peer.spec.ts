import { VAE_GAN_SETTINGS } from '@qloom/tfjs/testing/vae-gan.ts';
import { timeTorch } from './torch-peer.ts';

const settings = VAE_GAN_SETTINGS['64 / 128'];

describe('timeTorch', () => {
  const { QLOOM_BENCH_PYTHON } = process.env;
  afterEach(() => {
    if (QLOOM_BENCH_PYTHON === undefined) delete process.env['QLOOM_BENCH_PYTHON'];
    else process.env['QLOOM_BENCH_PYTHON'] = QLOOM_BENCH_PYTHON;
  });

  it('says how to install what is missing', async () => {
    process.env['QLOOM_BENCH_PYTHON'] = 'no-such-python';
    const times = await timeTorch(settings, 2, false);
    expect(times).toMatchObject({ eager: Number.NaN, compiled: Number.NaN });
    expect(times.note).toMatch(/^not installed: pip install -r bench\/peers\/requirements.txt/);
  });

  it('reports the output of the program if it fails', async () => {
    process.env['QLOOM_BENCH_PYTHON'] = process.execPath;
    const { eager, note } = await timeTorch(settings, 2, false);
    expect(eager).toBeNaN();
    expect(note).toContain('SyntaxError');
  });
});
