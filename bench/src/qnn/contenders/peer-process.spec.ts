import { createProblem } from '../problem.ts';
import { type PeerProgram, startPeer } from './peer-process.ts';

/** A peer whose answers are expressions over the message; it answers with the JSON of `answer(message)`. */
const program = (answer: string, first = ''): PeerProgram => ({
  name: 'Peer',
  file: process.execPath,
  args: [
    '-e',
    `${first}; const answer = ${answer};
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const reply = answer(JSON.parse(line));
      if (reply !== undefined) console.log(typeof reply === 'string' ? reply : JSON.stringify(reply));
    });`,
  ],
  install: 'get peer',
});
const described = (rest: string, batched = true, oneSize = false) =>
  program(`(m) => m.op === 'describe'
    ? { versions: { peer: '1.2', base: '3' }, setting: 'fast', gradients: true, batched: ${batched}, oneSize: ${oneSize}, loopRows: 8 }
    : ${rest}`);
const limits = { describe: 60_000, prepare: 60_000, time: 60_000 };
const problem = createProblem({ qubits: 3, layers: 1, batch: 2 });

describe('a peer', () => {
  it('describes itself, prepares a problem and is timed', async () => {
    const answer = `m.op === 'prepare'
      ? { firstMs: m.rows, expectations: m.inputs.slice(0, 3), gradient: m.parameters, note: 'n' }
      : { ms: [m.seconds, m.most] }`;
    const peer = await startPeer(described(answer), limits);
    expect(peer.about).toBe('peer 1.2, base 3: fast');
    expect(await peer.prepare(problem)).toEqual({
      firstMs: 2,
      expectations: [...problem.inputs.slice(0, 3)],
      gradient: [...problem.parameters],
      note: 'n',
    });
    expect(await peer.time('step', 0.5, 7)).toEqual([0.5, 7]);
    await peer.close();
  });

  it('is given fewer rows where it loops, as many as fit, or one number where it compiles for long', async () => {
    const loop = await startPeer(described('undefined', false), limits);
    const whole = await startPeer(described('undefined'), limits);
    const once = await startPeer(described('undefined', true, true), limits);
    const peers = [loop, whole, once];
    const rows = [4, 12].map((qubits) => peers.map((peer) => peer.rows({ qubits, layers: 6, batch: 256 })));
    expect(rows).toEqual([
      [8, 256, 1024],
      [8, 64, 16],
    ]);
    expect(loop.rows({ qubits: 4, layers: 6, batch: 4 })).toBe(4);
    await Promise.all(peers.map((peer) => peer.close()));
  });

  it('is given whole batches where it says that it has room', async () => {
    const answer = `{ versions: {}, setting: '', gradients: true, batched: true, oneSize: false, loopRows: 8, mostAmplitudes: 2 ** 20 }`;
    const peer = await startPeer(program(`() => (${answer})`), limits);
    expect(peer.rows({ qubits: 12, layers: 6, batch: 1024 })).toBe(256);
    await peer.close();
  });

  it('fails a cell with its own message, and continues', async () => {
    const peer = await startPeer(
      described(`m.op === 'time' ? { ms: [1] } : { error: 'MemoryError: too large' }`),
      limits,
    );
    await expect(peer.prepare(problem)).rejects.toThrow('Peer: MemoryError: too large');
    expect(await peer.time('step', 1, 1)).toEqual([1]);
    await peer.close();
  });

  it('that ends says how, then and later', async () => {
    const peer = await startPeer(described(`(console.error('line\\nout of luck'), process.exit(3))`), limits);
    await expect(peer.prepare(problem)).rejects.toThrow('Peer ended (3): out of luck');
    await expect(peer.time('step', 1, 1)).rejects.toThrow('Peer ended (3): out of luck');
    await peer.close();
  });

  it('that ended is started again for the next problem', async () => {
    const peer = await startPeer(
      described(`m.op !== 'prepare' ? { ms: [1] } : m.rows === 2 ? process.exit(3)
        : { firstMs: 1, expectations: [], gradient: null, note: '' }`),
      limits,
    );
    await expect(peer.prepare(problem)).rejects.toThrow('Peer ended (3)');
    const next = createProblem({ qubits: 3, layers: 1, batch: 1 });
    expect(await peer.prepare(next)).toMatchObject({ firstMs: 1 });
    expect(await peer.time('step', 1, 1)).toEqual([1]);
    await peer.close();
  });

  it('prepares the same rows once, and others anew', async () => {
    const counts = `m.op === 'prepare' ? { firstMs: ++count, expectations: [], gradient: null, note: '' } : { ms: [1] }`;
    const peer = await startPeer(
      { ...described(counts), args: ['-e', `let count = 0; ${described(counts).args[1]}`] },
      limits,
    );
    const other = createProblem({ qubits: 3, layers: 1, batch: 4 });
    const firsts: number[] = [];
    const same = createProblem({ qubits: 3, layers: 1, batch: 2 });
    for (const one of [problem, same, other, problem]) firsts.push((await peer.prepare(one)).firstMs);
    expect(firsts).toEqual([1, 1, 2, 3]);
    await peer.close();
  });

  it('that is late is ended', async () => {
    const peer = await startPeer(described('undefined'), { ...limits, prepare: 1 });
    await expect(peer.prepare(problem)).rejects.toThrow('Peer did not answer within 0.001 s');
    await expect(peer.time('step', 1, 1)).rejects.toThrow('did not answer');
    await peer.close();
  });

  it.each(['hello', '17', 'null'])('that answers %s is not understood', async (text) => {
    const peer = await startPeer(described(`'${text}'`), limits);
    await expect(peer.prepare(problem)).rejects.toThrow(`Peer answered ${text === 'hello' ? "'hello'" : text}`);
    await peer.close();
  });

  it.each([
    ['interpreter', { ...program('null'), file: '/no/such/python' }],
    ['module', program('null', `require('no-such-module')`)],
  ])('whose %s is missing says how it is installed', async (_, missing) => {
    await expect(startPeer(missing, limits)).rejects.toThrow('not installed: get peer');
  });
});
