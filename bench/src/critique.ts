import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client, credentials } from '@grpc/grpc-js';
import {
  type CritiqueRequest,
  type CritiqueResponse,
  DiscriminatorServiceService,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { connect } from '@qloom/service-kit/clients.ts';
import { decodeTensor, encodeTensor } from '@qloom/service-kit/wire-tensors.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { median } from './percentile.ts';
import { lessIsBetter, type Row } from './row.ts';

const BATCH = 64;
const FEATURES = 16;
const EXCHANGES = 4_000;
const WARM_UP = 1_000;

/** What the issue allows an exchange to cost. Unit: milliseconds. */
const BUDGET_MS = 0.15;

function request(index: number, x: Float32Array, classes: Int32Array): CritiqueRequest {
  const value = { index, x: encodeTensor(x, [BATCH, FEATURES]), classes: encodeTensor(classes), update: true };
  return { part: { $case: 'step', value: { ...value, wantGradient: true } } };
}

function read(response: CritiqueResponse): number {
  if (response.part?.$case !== 'stepResult') throw new Error('not a step result');
  const expected = { dtype: 'float32', shape: [BATCH, FEATURES], field: 'gradient' } as const;
  return decodeTensor(response.part.value.gradient, expected)[0];
}

/** Milliseconds of each lock-step exchange, tensors encoded and decoded on both sides. */
async function times(exchange: (message: CritiqueRequest) => Promise<CritiqueResponse>): Promise<number[]> {
  const x = new Float32Array(BATCH * FEATURES).fill(0.5);
  const classes = new Int32Array(BATCH);
  const out: number[] = [];
  for (let index = 0; index < WARM_UP + EXCHANGES; index++) {
    const start = performance.now();
    read(await exchange(request(index, x, classes)));
    if (index >= WARM_UP) out.push(performance.now() - start);
  }
  return out;
}

async function withEcho<T>(address: string, body: (target: string) => Promise<T>): Promise<T> {
  const main = fileURLToPath(new URL('./echo-critic-main.ts', import.meta.url));
  const child = fork(main, [address], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  try {
    const [line] = await Promise.race([
      once(child.stdout!, 'data'),
      ended.then(([code]) => Promise.reject(new Error(`the echo critic ended (${code}) before it was ready`))),
    ]);
    return await body(String(line).trim());
  } finally {
    child.disconnect();
    await ended;
  }
}

/** Through service-kit, as the generator does it. */
async function ours(address: string): Promise<number[]> {
  return withEcho(address, async (target) => {
    const remote = connect(DiscriminatorServiceService, target);
    const call = remote.critique();
    const measured = await times((message) => call.exchange(message));
    call.closeSend();
    await call.receive();
    remote.close();
    return measured;
  });
}

/** Plain grpc-js against the same server: no interceptors, default options. */
async function plain(address: string): Promise<number[]> {
  return withEcho(address, async (target) => {
    const client = new Client(target, credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = DiscriminatorServiceService.critique;
    const call = client.makeBidiStreamRequest<CritiqueRequest, CritiqueResponse>(
      path,
      (message) => requestSerialize(message),
      (bytes) => responseDeserialize(bytes),
    );
    const measured = await times((message) => {
      const answer = once(call, 'data');
      call.write(message);
      return answer.then(([response]) => response as CritiqueResponse);
    });
    const ended = once(call, 'end');
    call.end();
    call.resume();
    await ended;
    client.close();
    return measured;
  });
}

/** The cost of one Critique exchange, the critic's own work apart. */
export async function benchCritique(progress: (message: string) => void): Promise<Row[]> {
  const folder = await createTempFolder();
  try {
    const rounds = { unix: [] as number[], tcp: [] as number[], plainTcp: [] as number[] };
    for (let round = 0; round < 3; round++) {
      progress(`round ${round + 1} of 3`);
      rounds.unix.push(median(await ours(folder.socket(`echo-${round}`))));
      rounds.tcp.push(median(await ours('127.0.0.1:0')));
      rounds.plainTcp.push(median(await plain('127.0.0.1:0')));
    }
    const row = { bench: 'critique', metric: 'exchange, median', unit: 'ms' };
    const size = `${BATCH}×${FEATURES} float32`;
    const unix = median(rounds.unix);
    const peer = 'grpc-js as it comes, TCP loopback';
    return [
      lessIsBetter({
        ...row,
        case: `${size}, unix socket`,
        value: unix,
        peer: 'budget of 0.15 ms',
        peerValue: BUDGET_MS,
      }),
      lessIsBetter({ ...row, case: `${size}, unix socket`, value: unix, peer, peerValue: median(rounds.plainTcp) }),
      lessIsBetter({
        ...row,
        case: `${size}, TCP loopback`,
        value: median(rounds.tcp),
        peer,
        peerValue: median(rounds.plainTcp),
      }),
    ];
  } finally {
    await folder.remove();
  }
}
