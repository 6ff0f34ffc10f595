import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type AskedService, implementationOf, MixedImplementationsError, sampleFromFitted } from './implementations.ts';

const { signal } = new AbortController();
const THEIRS = { service: 'stand-in', version: '1.0.0' };
const OURS = { service: 'qloom.generator', version: '0.1.0' };
const TOGETHER = 'right would be one implementation: the same QLOOM_GENERATOR_TARGET for every service';

const generator = (implementation: { service: string; version: string } | undefined): AskedService => ({
  target: 'dns:///generator:50051',
  getCapabilities: async () => ({
    capabilities: implementation && { ...implementation, engines: [], limits: [], hyperparameters: [] },
  }),
});

const refusal = (code: number): ServiceError =>
  Object.assign(new Error('model: no such thing'), { code, details: 'model: no such thing', metadata: new Metadata() });

async function collect(...args: Parameters<typeof sampleFromFitted<number>>): Promise<number[]> {
  const points: number[] = [];
  for await (const point of sampleFromFitted(...args)) points.push(point);
  return points;
}

async function* two(): AsyncGenerator<number> {
  yield 1;
  yield 2;
}

describe('sampleFromFitted', () => {
  it.each([
    ['the implementation that fitted the model', OURS, OURS],
    ['a later version of it', OURS, { ...OURS, version: '0.2.0' }],
    ['one that does not name itself', OURS, undefined],
    ['any, if the slot does not name the generator', undefined, THEIRS],
  ])('samples from %s', async (_what, fitted, asked) => {
    expect(await collect(generator(asked), fitted, signal, two)).toEqual([1, 2]);
  });

  it('does not ask another implementation, and names both', async () => {
    const error = await collect(generator(OURS), THEIRS, signal, () => {
      throw new Error('asked');
    }).catch((failed) => failed);
    expect(error).toBeInstanceOf(MixedImplementationsError);
    expect(error.code).toBe('unavailable');
    expect(error.message).toBe(
      `the model was fitted by stand-in 1.0.0, and the generator at dns:///generator:50051 is qloom.generator 0.1.0; ${TOGETHER}`,
    );
  });

  it.each([status.INVALID_ARGUMENT, status.DATA_LOSS])(
    'blames versions that differ for a refused model',
    async (code) => {
      const refuse = async function* (): AsyncGenerator<number> {
        yield 1;
        throw refusal(code);
      };
      const later = { ...OURS, version: '0.2.0' };
      await expect(collect(generator(later), OURS, signal, refuse)).rejects.toThrow(
        'fitted by qloom.generator 0.1.0, and the generator at dns:///generator:50051, which refuses it, is qloom.generator 0.2.0',
      );
      await expect(collect(generator(OURS), OURS, signal, refuse)).rejects.toMatchObject({ code });
    },
  );

  it('passes on the error of a lost connection', async () => {
    const lose = async function* (): AsyncGenerator<number> {
      yield 1;
      throw refusal(status.UNAVAILABLE);
    };
    const later = { ...OURS, version: '0.2.0' };
    await expect(collect(generator(later), OURS, signal, lose)).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });
});

it('treats a service with an empty name as unnamed', () => {
  const nameless = { service: '', version: '1', engines: [], limits: [], hyperparameters: [] };
  expect([implementationOf(undefined), implementationOf(nameless)]).toEqual([undefined, undefined]);
});
