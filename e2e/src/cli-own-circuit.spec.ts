import { createWorkplace, type Workplace } from './cli-qloom.ts';
import { type KeptEvent, readLines, readRecord } from './cli-run-folder.ts';
import { TINY_STUDY } from './cli-tiny-study.ts';

const PROGRAM = `OPENQASM 3.0;
include "stdgates.inc";
input float x0; input float x1; input float x2; input float x3;
input float a; input float b; input float omega;
qubit[2] q;
ry(x0 + a) q[0];
ry(x1 + b) q[1];
cx q[0], q[1];
rx(x2 + omega*x3) q[1];
`;

const QNN = `qnn:
  circuit: mine.qasm
  observables: [Z0, Z1, 0.5*Z0 Z1 - 0.5*X0]
  noise: { depolarizing: 0.02 }
  gradient: parameter-shift
  steps: 5
  batch: 8`;

describe('qloom run with a custom circuit, observables and noise', () => {
  let place: Workplace;

  beforeAll(async () => {
    place = await createWorkplace();
  });

  afterAll(async () => {
    await place?.remove();
  });

  it('trains the QNN of the study file, through all four services', async () => {
    place.write('mine.qasm', PROGRAM);
    place.write('own.yaml', TINY_STUDY.replace('name: tiny', 'name: own').replace(/^qnn: .*$/m, QNN));
    const ended = await place.qloom('run', 'own.yaml', '--out', 'runs');
    expect(ended).toMatchObject({ code: 0 });
    const folder = place.file('runs/own');
    expect(readRecord(folder).state).toBe('finished');
    // Parameter shift with noise after gates uses a density matrix, which no engine computes.
    const events = readLines<KeptEvent>(`${folder}/events.jsonl`);
    const evaluated = events.filter(({ slot }) => slot === 'evaluate');
    expect(evaluated).toHaveLength(4);
    for (const event of evaluated) expect(JSON.stringify(event)).toContain('"engine":"density-matrix"');
  }, 120_000);
});
