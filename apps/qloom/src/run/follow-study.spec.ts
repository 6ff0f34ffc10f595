import { status } from '@grpc/grpc-js';
import { untilAnswered } from './follow-study.ts';

const failing = (code: number, times: number) => {
  const tries = { count: 0 };
  const call = async (): Promise<string> => {
    if (tries.count++ < times) throw Object.assign(new Error(`status ${code}`), { code });
    return 'answer';
  };
  return { tries, call };
};
const never = new AbortController().signal;

describe('untilAnswered', () => {
  it('waits for a service that is away', async () => {
    await expect(untilAnswered(failing(status.UNAVAILABLE, 20).call, never, 1)).resolves.toBe('answer');
  });

  it('gives a connection cut in mid-message a few tries, and a programming error no more', async () => {
    await expect(untilAnswered(failing(status.INTERNAL, 4).call, never, 1)).resolves.toBe('answer');
    const broken = failing(status.INTERNAL, 99);
    await expect(untilAnswered(broken.call, never, 1)).rejects.toThrow('status 13');
    expect(broken.tries.count).toBe(5);
  });

  it('takes a refusal, or an error of our own, at its word', async () => {
    const refused = failing(status.INVALID_ARGUMENT, 9);
    await expect(untilAnswered(refused.call, never, 1)).rejects.toThrow('status 3');
    expect(refused.tries.count).toBe(1);
    await expect(untilAnswered(() => Promise.reject(new TypeError('ours')), never, 1)).rejects.toThrow('ours');
  });

  it('ends with the reason of its signal', async () => {
    const stop = new AbortController();
    const waiting = untilAnswered(failing(status.UNAVAILABLE, 1e9).call, stop.signal, 1);
    stop.abort(new Error('Ctrl-C'));
    await expect(waiting).rejects.toThrow(/Ctrl-C|aborted/);
  });
});
