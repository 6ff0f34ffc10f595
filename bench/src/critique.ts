import { once } from 'node:events';
import { Client, credentials } from '@grpc/grpc-js';
import {
  type CritiqueRequest,
  type CritiqueResponse,
  DiscriminatorServiceService,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { decodeTensor, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { median } from './harness/percentile.ts';
import { lessIsBetter, type Row } from './harness/row.ts';
import { forkMain } from './overhead/forked-main.ts';
import { connectFloor } from './overhead/http2-floor.ts';

const BATCH = 64;
const FEATURES = 16;
const EXCHANGES = 4_000;
/**
 * Approximate number of exchanges during which V8 still optimizes; the quickstart has more than 15,000, and a service
 * runs for days.
 */
const WARM_UP = 12_000;
/** Number of exchanges of a process's first fit. */
const FIRST = 1_000;
const ROUNDS = 5;

/** Limit of an exchange's time. Unit: milliseconds. */
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

/** Milliseconds of a lock-step exchange, at the median: of the first ones, and when everything is warm. */
interface Medians {
  readonly first: number;
  readonly steady: number;
}

async function times(exchange: (index: number) => Promise<unknown>): Promise<Medians> {
  const all: number[] = [];
  for (let index = 0; index < WARM_UP + EXCHANGES; index++) {
    const start = performance.now();
    await exchange(index);
    all.push(performance.now() - start);
  }
  return { first: median(all.slice(0, FIRST)), steady: median(all.slice(WARM_UP)) };
}

/** The same, with tensors encoded and decoded on both sides. */
async function critiqueTimes(exchange: (message: CritiqueRequest) => Promise<CritiqueResponse>): Promise<Medians> {
  const x = new Float32Array(BATCH * FEATURES).fill(0.5);
  const classes = new Int32Array(BATCH);
  return times(async (index) => read(await exchange(request(index, x, classes))));
}

async function withEcho<T>(program: string, address: string, body: (target: string) => Promise<T>): Promise<T> {
  const main = await forkMain(new URL(program, import.meta.url), [address]);
  try {
    return await body(main.line);
  } finally {
    await main.stop();
  }
}

/** Through service-kit, as the generator does it. */
async function ours(address: string): Promise<Medians> {
  return withEcho('./overhead/echo-critic-main.ts', address, async (target) => {
    const remote = connect(DiscriminatorServiceService, target);
    const call = remote.critique();
    const measured = await critiqueTimes((message) => call.exchange(message));
    call.closeSend();
    await call.receive();
    remote.close();
    return measured;
  });
}

/** Plain grpc-js against the same server: no interceptors, default options. */
async function plain(address: string): Promise<Medians> {
  return withEcho('./overhead/echo-critic-main.ts', address, async (target) => {
    const client = new Client(target, credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = DiscriminatorServiceService.critique;
    const call = client.makeBidiStreamRequest<CritiqueRequest, CritiqueResponse>(
      path,
      (message) => requestSerialize(message),
      (bytes) => responseDeserialize(bytes),
    );
    const measured = await critiqueTimes((message) => {
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

/** Nothing but HTTP/2: as many bytes as a request has, there and back. */
async function floor(path: string): Promise<Medians> {
  const { requestSerialize } = DiscriminatorServiceService.critique;
  const size = requestSerialize(request(1, new Float32Array(BATCH * FEATURES), new Int32Array(BATCH))).length;
  return withEcho('./overhead/http2-echo-main.ts', path, async (target) => {
    const connection = await connectFloor(target, size);
    const measured = await times(() => connection.exchange());
    await connection.close();
    return measured;
  });
}

/** The cost of one Critique exchange, the critic's own work apart: the ways in turn, and the median round of each. */
export async function benchCritique(progress: (message: string) => void): Promise<Row[]> {
  const folder = await createTempFolder();
  try {
    const ways = {
      unix: (round: number) => ours(folder.socket(`ours-${round}`)),
      tcp: () => ours('127.0.0.1:0'),
      plainUnix: (round: number) => plain(folder.socket(`plain-${round}`)),
      plainTcp: () => plain('127.0.0.1:0'),
      floorUnix: (round: number) => floor(folder.socket(`floor-${round}`).replace(/^unix:/, '')),
    };
    const rounds: Record<string, Medians[]> = {};
    for (let round = 0; round < ROUNDS; round++) {
      progress(`round ${round + 1} of ${ROUNDS}`);
      for (const [name, way] of Object.entries(ways)) {
        rounds[name] ??= [];
        rounds[name].push(await way(round));
      }
    }
    const measured = (name: keyof typeof ways, when: keyof Medians = 'steady') =>
      median(rounds[name].map((round) => round[when]));
    const size = `${BATCH}×${FEATURES} float32`;
    const row = { bench: 'critique', metric: 'exchange, median', unit: 'ms' };
    const unix = { ...row, case: `${size}, unix socket`, value: measured('unix') };
    const tcp = { ...row, case: `${size}, TCP loopback`, value: measured('tcp') };
    return [
      lessIsBetter({ ...unix, peer: 'budget of 0.15 ms', peerValue: BUDGET_MS }),
      lessIsBetter({ ...unix, peer: 'grpc-js as it comes, unix socket', peerValue: measured('plainUnix') }),
      lessIsBetter({ ...unix, peer: 'node:http2 alone, same bytes', peerValue: measured('floorUnix') }),
      lessIsBetter({
        ...unix,
        metric: `exchange, median of the first ${FIRST}`,
        value: measured('unix', 'first'),
        peer: 'grpc-js as it comes, unix socket',
        peerValue: measured('plainUnix', 'first'),
      }),
      lessIsBetter({ ...tcp, peer: 'grpc-js as it comes, TCP loopback', peerValue: measured('plainTcp') }),
    ];
  } finally {
    await folder.remove();
  }
}
