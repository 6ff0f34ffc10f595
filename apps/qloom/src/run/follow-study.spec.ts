import { status } from '@grpc/grpc-js';
import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import { type AgentClient, fetchArtifact, untilAnswered } from './follow-study.ts';

const failing = (code: number, times: number) => {
  const tries = { count: 0 };
  const call = async (): Promise<string> => {
    if (tries.count++ < times) throw Object.assign(new Error(`status ${code}`), { code });
    return 'answer';
  };
  return { tries, call };
};
const never = { signal: new AbortController().signal };

describe('untilAnswered', () => {
  it('waits for an unavailable service', async () => {
    await expect(untilAnswered(failing(status.UNAVAILABLE, 20).call, never, 1)).resolves.toBe('answer');
  });

  it('retries a connection cut in mid-message a few times, and a programming error no more often', async () => {
    await expect(untilAnswered(failing(status.INTERNAL, 4).call, never, 1)).resolves.toBe('answer');
    const broken = failing(status.INTERNAL, 99);
    await expect(untilAnswered(broken.call, never, 1)).rejects.toThrow('status 13');
    expect(broken.tries.count).toBe(5);
  });

  it('does not retry a refusal or an error of our own', async () => {
    const refused = failing(status.INVALID_ARGUMENT, 9);
    await expect(untilAnswered(refused.call, never, 1)).rejects.toThrow('status 3');
    expect(refused.tries.count).toBe(1);
    await expect(untilAnswered(() => Promise.reject(new TypeError('ours')), never, 1)).rejects.toThrow('ours');
  });

  it('ends with the reason of its signal', async () => {
    const stop = new AbortController();
    const waiting = untilAnswered(failing(status.UNAVAILABLE, 1e9).call, { signal: stop.signal }, 1);
    stop.abort(new Error('Ctrl-C'));
    await expect(waiting).rejects.toThrow(/Ctrl-C|aborted/);
  });

  it('reports what it waits for after two seconds, each reason once', async () => {
    const told: string[] = [];
    const clock = { ms: 0 };
    const patience = { ...never, nowMs: () => clock.ms, onWait: (reason: string) => void told.push(reason) };
    const lasting = (tryMs: number, call: () => Promise<string>) => () => {
      clock.ms += tryMs;
      return call();
    };
    await untilAnswered(lasting(250, failing(status.UNAVAILABLE, 7).call), patience, 1);
    expect(told).toEqual([]);
    await untilAnswered(lasting(250, failing(status.UNAVAILABLE, 30).call), patience, 1);
    expect(told).toEqual(['status 14']);
    // Tries that take seconds each, as of a service that waits for another one: at the first.
    await untilAnswered(lasting(5_000, failing(status.UNAVAILABLE, 1).call), patience, 1);
    expect(told).toEqual(['status 14', 'status 14']);
  });

  it('starts a new wait after an answer in parts', async () => {
    const told: string[] = [];
    const clock = { ms: 0 };
    const patience = { ...never, nowMs: () => clock.ms, onWait: (reason: string) => void told.push(reason) };
    let streams = 0;
    // A stream that answers an hour long and breaks, thirty times: each is followed again within the quiet time.
    const call = async (answered: () => void): Promise<string> => {
      clock.ms += 3_600_000;
      answered();
      if (streams++ < 30) throw Object.assign(new Error('cut'), { code: status.INTERNAL });
      return 'answer';
    };
    await expect(untilAnswered(call, patience, 1)).resolves.toBe('answer');
    expect(told).toEqual([]);
  });
});

describe('fetchArtifact', () => {
  it('waits for an unavailable store', async () => {
    let tries = 0;
    const [chunk] = [...encodeBytes(Uint8Array.of(1, 2, 3))];
    const getArtifact = async function* () {
      const code = [status.NOT_FOUND, status.DATA_LOSS][tries++];
      if (code !== undefined) throw Object.assign(new Error('artifact 00 is not in /data'), { code });
      yield { chunk };
    };
    const agent = { getArtifact } as unknown as AgentClient;
    expect([...(await fetchArtifact(agent, '00', never))]).toEqual([1, 2, 3]);
  });
});
