import { inflateSync } from 'node:zlib';
import { type IbmEmulator, type IbmEmulatorOptions, startIbmEmulator } from './ibm-emulator.ts';

const BELL =
  'OPENQASM 3.0;\ninclude "stdgates.inc";\nbit[2] c;\nrz(pi/2) $5; sx $5; rz(pi/2) $5;\nrz(pi/2) $8; sx $8; rz(pi/2) $8;\ncz $5, $8;\nrz(pi/2) $8; sx $8; rz(pi/2) $8;\nc[0] = measure $5;\nc[1] = measure $8;\n';
const TURN =
  'OPENQASM 3.0; include "stdgates.inc"; input float[64] b; input float[64] a; bit[9] c; sx $3; rz(a + pi) $3; sx $3; rz(b) $2; c[8] = measure $3; c[0] = measure $2;';

describe('startIbmEmulator', () => {
  let emulator: IbmEmulator;
  let nowMs: number;
  const start = async (options: IbmEmulatorOptions = {}) => {
    nowMs = Date.UTC(2026, 11, 1);
    emulator = await startIbmEmulator({ now: () => nowMs, ...options });
  };
  afterEach(() => emulator.stop());

  const token = async () => {
    const body = new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: emulator.apiKey });
    const response = await fetch(`${emulator.url}/identity/token`, { method: 'POST', body });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${emulator.url}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${await token()}`,
        'Service-CRN': emulator.crn,
        'IBM-API-Version': '2026-04-15',
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  const job = (pubs: unknown[], more: object = {}) => ({
    program_id: 'sampler',
    backend: 'ibm_emulated',
    params: { pubs, version: 2, support_qiskit: true },
    ...more,
  });
  const submit = async (pubs: unknown[], more: object = {}) => (await call('POST', '/jobs', job(pubs, more))).body.id;
  const code = async (pubs: unknown[], more: object = {}) => {
    const { status, body } = await call('POST', '/jobs', job(pubs, more));
    return [status, body.errors[0].code];
  };

  it('runs OpenQASM 3 on physical qubits, and returns the bits of each register as the client decodes them', async () => {
    await start();
    const id = await submit([[BELL, null, 100]], { tags: ['one'] });
    nowMs += 10_000;
    expect((await call('GET', `/jobs/${id}`)).body.state.status).toBe('Completed');
    const { __type__: type, __value__: result } = (await call('GET', `/jobs/${id}/results`)).body;
    const { c } = result.pub_results[0].__value__.data.__value__.fields;
    const file = inflateSync(Buffer.from(c.__value__.array.__value__, 'base64'));
    expect([type, c.__type__, c.__value__.num_bits]).toEqual(['PrimitiveResult', 'BitArray', 2]);
    expect(file.subarray(0, 128).toString('latin1')).toContain("'shape': (100, 1)");
    expect(new Set(file.subarray(128))).toEqual(new Set([0, 3]));
  });

  it('takes columns of values in the order of the names, and rows of any shape', async () => {
    await start();
    // a = 0 turns the qubit by 2π about X's axis and Z's: RX(π/2)·RZ(π)·RX(π/2) leaves |0⟩, a = π flips it.
    const id = await submit([[TURN, [[[0, 1]], [[Math.PI, 1]]], 5]]);
    nowMs += 10_000;
    const result = (await call('GET', `/jobs/${id}/results`)).body.__value__;
    const { shape, fields } = result.pub_results[0].__value__.data.__value__;
    const file = inflateSync(Buffer.from(fields.c.__value__.array.__value__, 'base64'));
    expect(shape).toEqual([2, 1]);
    // Bit 8 is the lowest of the first of two bytes.
    expect([...file.subarray(128)]).toEqual([...new Array(5).fill([0, 0]), ...new Array(5).fill([1, 0])].flat());
  });

  it('refuses circuits that are not ISA, unknown programs, too many executions, and settings out of range', async () => {
    await start();
    const circuit = (text: string) => `OPENQASM 3.0; include "stdgates.inc"; bit[1] c; ${text} c[0] = measure $0;`;
    expect(await code([[circuit('h $0;')]])).toEqual([400, 1002]);
    expect(await code([[circuit('cz $0, $2;')]])).toEqual([400, 1002]);
    expect(await code([[circuit('x $27;')]])).toEqual([400, 1002]);
    expect(await code([['OPENQASM 3.0; nonsense']])).toEqual([400, 1002]);
    expect(await code([[BELL, null, 10_000_001]])).toEqual([400, 3242]);
    expect(await code([[TURN, [[1]], 5]])).toEqual([400, 3220]);
    expect(await code([[TURN]])).toEqual([400, 3220]);
    expect(await code([[BELL]], { cost: 0.5 })).toEqual([400, 3220]);
    expect(await code([[BELL]], { program_id: 'estimator' })).toEqual([400, 3220]);
    expect(await code([[BELL]], { backend: 'ibm_other' })).toEqual([404, 1007]);
    expect(emulator.jobs).toHaveLength(0);
  });

  it('checks the token, the instance and the version of each request', async () => {
    await start();
    expect((await call('GET', '/backends', undefined, { Authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await call('GET', '/backends', undefined, { 'Service-CRN': 'crn:other' })).status).toBe(403);
    expect((await call('GET', '/backends', undefined, { 'IBM-API-Version': '1' })).status).toBe(400);
    const old = { Authorization: `Bearer ${await token()}` };
    expect((await call('GET', '/backends', undefined, old)).status).toBe(200);
    nowMs += 3_600_001;
    expect((await call('GET', '/backends', undefined, old)).status).toBe(401);
    const wrong = await fetch(`${emulator.url}/identity/token`, {
      method: 'POST',
      body: new URLSearchParams({ apikey: 'x' }),
    });
    expect(wrong.status).toBe(400);
  });

  it('creates five jobs a minute and says when the next is accepted', async () => {
    await start();
    for (let i = 0; i < 5; i++) {
      await submit([[BELL, null, 1]]);
      nowMs += 1000;
    }
    const { status, headers, body } = await call('POST', '/jobs', job([[BELL]]));
    expect([status, body.errors[0].code, headers.get('retry-after')]).toEqual([429, 1202, '55']);
    nowMs += 55_000;
    expect((await call('POST', '/jobs', job([[BELL]]))).status).toBe(200);
  });

  it('runs jobs one after another, charges their time, and ends them at their limit, a fault or a cancellation', async () => {
    await start({ settings: { jitter: 0, queueSeconds: 10 } });
    const long = await submit([[BELL, null, 100_000]], { cost: 5 });
    emulator.failNextJob({ reason: 'a fault', code: 9999, systemError: true });
    const failing = await submit([[BELL, null, 10]]);
    const cancelled = await submit([[BELL, null, 10]]);
    const state = async (id: string) => (await call('GET', `/jobs/${id}`)).body.state;
    const metrics = async (id: string) => (await call('GET', `/jobs/${id}/metrics`)).body;
    nowMs += 9000;
    expect((await metrics(cancelled)).position_in_queue).toBe(2);
    nowMs += 2000;
    expect((await state(long)).status).toBe('Running');
    expect((await metrics(long)).usage.status).toBe('pending');
    expect((await call('POST', `/jobs/${cancelled}/cancel`)).status).toBe(204);
    expect((await call('POST', `/jobs/${cancelled}/cancel`)).status).toBe(409);
    nowMs += 20_000;
    expect(await state(long)).toMatchObject({ status: 'Cancelled', reason_code: 1305 });
    expect((await metrics(long)).usage).toMatchObject({ status: 'final', qpu_charge_time_seconds: 5 });
    expect(await state(failing)).toEqual({ status: 'Failed', reason: 'a fault', reason_code: 9999 });
    expect((await metrics(failing)).usage.qpu_charge_time_seconds).toBe(0);
    expect((await metrics(cancelled)).usage.qpu_charge_time_seconds).toBe(0);
    expect((await call('GET', `/jobs/${cancelled}/results`)).status).toBe(204);
  });

  it('finds jobs by tags, page by page, the newest first', async () => {
    await start();
    const ids = [];
    for (let i = 0; i < 3; i++) {
      ids.push(await submit([[BELL, null, 1]], { tags: ['study', `n${i}`] }));
      nowMs += 1000;
    }
    const list = async (query: string) => {
      const { jobs, count } = (await call('GET', `/jobs?exclude_params=true&${query}`)).body;
      return { ids: jobs.map((one: { id: string }) => one.id), count };
    };
    expect(await list('tags=study&limit=2')).toEqual({ ids: [ids[2], ids[1]], count: 3 });
    expect(await list('tags=study&limit=2&offset=2')).toEqual({ ids: [ids[0]], count: 3 });
    expect(await list('tags=study&tags=n1')).toEqual({ ids: [ids[1]], count: 1 });
    await call('DELETE', `/jobs/${ids[1]}`);
    expect(await list('tags=n1')).toEqual({ ids: [], count: 0 });
  });

  it('keeps the job when its reply is lost, and has none when the request was dropped', async () => {
    await start();
    emulator.faults.next('POST /jobs', { kind: 'lost-reply' });
    await expect(submit([[BELL, null, 1]])).rejects.toThrow();
    expect(emulator.jobs).toHaveLength(1);
    emulator.faults.next('POST /jobs', { kind: 'dropped' });
    await expect(submit([[BELL, null, 1]])).rejects.toThrow();
    emulator.faults.next('POST /jobs', { kind: 'error', status: 503, code: 1000, retryAfterSeconds: 3 });
    expect((await call('POST', '/jobs', job([[BELL]]))).headers.get('retry-after')).toBe('3');
    expect(emulator.jobs).toHaveLength(1);
  });

  it('drifts: a later calibration has other errors, and the earlier one can still be asked for', async () => {
    await start({ settings: { noise: true } });
    const properties = async (query = '') => (await call('GET', `/backends/ibm_emulated/properties${query}`)).body;
    const before = await properties();
    nowMs += 60_000;
    emulator.calibrate();
    const after = await properties();
    expect(Date.parse(after.last_update_date)).toBe(nowMs);
    expect(after.qubits[0][2].value).not.toBe(before.qubits[0][2].value);
    expect(await properties(`?updated_before=${new Date(nowMs - 1).toISOString()}`)).toEqual(before);
  });

  it('opens sessions, and refuses jobs of closed ones', async () => {
    await start();
    const { id } = (await call('POST', '/sessions', { backend: 'ibm_emulated', mode: 'batch' })).body;
    await submit([[BELL, null, 1]], { session_id: id });
    expect((await call('PATCH', `/sessions/${id}`, { accepting_jobs: false })).status).toBe(204);
    expect((await call('GET', `/sessions/${id}`)).body.accepting_jobs).toBe(false);
    expect(await code([[BELL]], { session_id: id })).toEqual([400, 1217]);
  });
});
