import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { makeStudyResult } from '../testing/study-result.ts';
import { makeStudySpans } from '../testing/study-spans.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const BIN = join(ROOT, 'apps/qloom/bin/qloom.mjs');

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line as a user does. */
function qloom(args: readonly string[], node = process.execPath): Promise<Ended> {
  const env = { ...process.env, NO_COLOR: '', FORCE_COLOR: '0', QLOOM_LAUNCHER_PID: undefined };
  return new Promise((resolve) => {
    execFile(node, [BIN, ...args], { cwd: ROOT, env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

/** A Node on PATH that does not run TypeScript, if this machine has one. */
function olderNode(): string | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter).filter((place) => !place.includes('node_modules'));
  return ['/usr/bin', ...places]
    .map((place) => join(place, 'node'))
    .find((node) => {
      try {
        return Number(execFileSync(node, ['-p', 'process.versions.node']).toString().split('.')[0]) < 22;
      } catch {
        return false;
      }
    });
}

/** A folder of runs with one finished study. */
function finishedRun(): string {
  const out = mkdtempSync(join(tmpdir(), 'qloom-cli-'));
  const folder = join(out, 'toy');
  mkdirSync(folder);
  const record = {
    format: 'qloom-study/1',
    id: 'toy',
    state: 'finished',
    file: 'toy.yaml',
    log: 'sqlite',
    settings: {},
    versions: {},
  };
  writeFileSync(
    join(folder, 'study.json'),
    JSON.stringify({ ...record, result: StudyResult.toJSON(makeStudyResult()) }),
  );
  writeFileSync(join(folder, 'study.yaml'), 'name: toy\n');
  writeFileSync(
    join(folder, 'spans.jsonl'),
    makeStudySpans(4)
      .map((span) => `${JSON.stringify(span)}\n`)
      .join(''),
  );
  return out;
}

describe('qloom', () => {
  /** Each has a file. */
  const commands = readdirSync(new URL('../commands', import.meta.url), { recursive: true })
    .map((file) => parse(String(file)))
    .filter(({ ext }) => ext === '.ts')
    .map(({ name }) => name);

  it('has help with examples everywhere', async () => {
    const helps = await Promise.all([[], ...commands.map((name) => [name])].map((args) => qloom([...args, '--help'])));
    for (const { code, out } of helps) {
      expect(code).toBe(0);
      expect(out).toContain('Examples:\n  $ ');
    }
    for (const name of commands) expect(helps[0].out).toContain(`  ${name} `);
    expect(helps[0].out).toContain('130  interrupted');
  });

  it.each([
    [['rum', 'x.yaml'], "error: unknown command 'rum'"],
    [['run'], "error: missing required argument 'study.yaml'"],
    [['run', 'examples/bad.yaml'], 'examples/bad.yaml:14: policy: "ppoo" is not one of'],
    [
      ['run', 'examples/quickstart.yaml', '--log', 'kafka://x'],
      '--log: "kafka://x" is neither sqlite nor nats://host:port',
    ],
    [['datasets', 'draw', 'annni', '--count', 'many'], 'It is not a whole number'],
    [['datasets', 'draw', 'anni'], "'anni' is no task; there are annni"],
    [['vqe', 'hubbard'], "'hubbard' is none of tfim, xxz, h2, and no sum such as"],
    [['vqe', 'h2', '--ansatz-option', 'electrons=9'], 'electrons: 9 in 4 spin orbitals; 1 to 3 are right'],
    [['draw', 'none.qasm'], 'none.qasm: no such file'],
    [
      ['draw', 'examples/quickstart.yaml', '--qubits', '3'],
      '--qubits cannot be combined with examples/quickstart.yaml, which',
    ],
    [['draw', '--ansatz', 'qcnn', '--layers', '3'], "the ansatz 'qcnn' on 4 qubits takes an integer from 1 to 2"],
    [['distill', 'none.csv'], 'none.csv: no such file'],
    [['distill', 'examples/annni.yaml', '--labels', '2'], 'labels: 2 real points of 3 classes; give at least 3'],
    [
      ['distill', 'examples/annni.yaml', '--points', '41'],
      '--points: 41 of 40 rows; right would be 3, one a class, to 40',
    ],
    [
      ['distill', 'examples/annni.yaml', '--points', '2'],
      '--points: 2 of 40 rows; right would be 3, one a class, to 40',
    ],
    [['distill', 'examples/data/two-rings.csv', '--out', 'examples'], '--out: examples is a folder; give a file'],
    [
      ['distill', 'examples/own-data.yaml', '--out', 'examples/data/two-rings.csv'],
      '--out: examples/data/two-rings.csv has the points to distil; give another file',
    ],
    [['distill', 'examples/annni.yaml', '--out', 'nowhere/a.csv'], '--out: nowhere is no folder; make it first'],
    [['labels', 'phases', '--test', 'a.csv'], '--test: is for a page; give --page too'],
    [['labels', 'phases', '--page', 'nowhere/a.html'], '--page: nowhere is no folder; make it first'],
    [['plateau', '--from', '5', '--to', '4'], '--from 5 is above --to 4'],
    [['stages', 'nothing', '--out', 'nowhere'], 'nothing is no run folder and no study; nowhere holds no study'],
  ])('ends with 2 for %j', async (args, message) => {
    const { code, out, err } = await qloom(args);
    expect(err).toContain(message);
    expect([code, out]).toEqual([2, '']);
  });

  it.each([
    ['qubit q; for float x in [1e16:1:1e16]{}', '1:26: the bounds of a range are integers, not float'],
    [`qubit q; rx(${'('.repeat(200_000)}`, '1:213: nested more than 200 deep'],
    [`qubit[2] q; ${'for int i in [0:1] '.repeat(10_000)}`, 'nested more than 200 deep'],
    ['qubit[3] q; x q[9007199254740992:9007199254740993];', '1:15: q[9007199254740992] is not one of q[0] … q[2]'],
    ['qubit q;\nfor int i in [1:90000] for int j in [1:90000] {}', '2:24: the program takes more than 2000000 steps'],
    ['qubit[200000000000000000000] q;', '1:7: 200000000000000000000 is above 2^64 - 1'],
    [' '.repeat(300_000), 'has 300000 bytes; at most 262144 are right'],
  ])('ends with 2 for a program with too much work (%#)', async (program, message) => {
    const path = join(mkdtempSync(join(tmpdir(), 'qloom-cli-')), 'hostile.qasm');
    writeFileSync(path, program);
    const { code, out, err } = await qloom(['draw', path]);
    expect(err).toContain(path);
    expect(err).toContain(message);
    expect(err).not.toMatch(/^ {4}at /m);
    expect([code, out]).toEqual([2, '']);
  });

  const MUST_FOLLOW = 'an argument that begins with a minus must follow --';
  it.each([
    [['vqe', '-1*Z0'], "unknown option '-1*Z0'", `${MUST_FOLLOW}: qloom vqe -- '-1*Z0'`],
    [['run', '--out', 'x', '-mine.yaml'], "unknown option '-mine.yaml'", `${MUST_FOLLOW}: qloom run -- -mine.yaml`],
    [['datasets', 'draw', '-x'], "unknown option '-x'", `${MUST_FOLLOW}: qloom datasets draw -- -x`],
    [
      ['vqe', '--', '-1*Z0', '--restarts', '1'],
      "too many arguments for 'vqe'. Expected 1 argument but got 3: -1*Z0, --restarts, 1.",
      'everything after -- is an argument; options go before it',
    ],
  ])('explains for %j how to give an argument that begins with a minus', async (args, error, hint) => {
    expect(await qloom(args)).toEqual({ code: 2, out: '', err: `error: ${error}\n(${hint})\n` });
  });

  it('does not explain it for a misspelled option, nor for a command without arguments', async () => {
    const [misspelled, without] = await Promise.all([qloom(['vqe', '--qubitz', '3']), qloom(['doctor', '-x'])]);
    expect(misspelled.err).toBe("error: unknown option '--qubitz'\n(Did you mean --qubits?)\n");
    expect(without.err).toBe("error: unknown option '-x'\n");
  });

  it.each([
    [['run', 'a.yaml', 'nats://ada:se,c%40ret@h'], 'Expected 1 argument but got 2: a.yaml, nats://***@h'],
    [['doctor', 'nats://ada:secret@h'], 'nats://***@h'],
    [['nats://ada:secret@h'], "unknown command 'nats://***@h'"],
    [['run', 'a.yaml', '--nats://ada:secret@h'], "unknown option '--nats://***@h'"],
    [['run', 'nats://ada:secret@h'], 'nats://***@h: no such file'],
  ])('shows no password of a URL in the wrong place: %j', async (args, message) => {
    const { code, out, err } = await qloom(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err).not.toMatch(/ret@/);
  });

  it('draws the same points for the same seed, as CSV', async () => {
    const args = ['datasets', 'draw', 'two-curves', '--count', '4', '--seed', '5', '--set', 'features=3'];
    const [first, second, listed] = await Promise.all([qloom(args), qloom(args), qloom(['datasets', '--json'])]);
    expect(JSON.parse(listed.out)).toHaveLength(3);
    if (first.code !== 0) throw new Error(first.err);
    expect(first.out).toBe(second.out);
    expect(first.out.trim().split('\n')).toHaveLength(5);
  });

  it('shows a finished run without any service: report, stages, trace', async () => {
    const out = finishedRun();
    const [report, stages, trace, missing] = await Promise.all([
      qloom(['report', 'toy', '--out', out]),
      qloom(['stages', join(out, 'toy'), '--json']),
      qloom(['trace', '2', '--out', out]),
      qloom(['trace', '99', '--out', out]),
    ]);
    expect(report.out).toContain("Qloom's data helped");
    expect(JSON.parse(stages.out)[1]).toMatchObject({ stage: 'fit', count: 4 });
    expect(trace.out.split('\n')[0]).toMatch(/^propose +agent/);
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('no span of episode 99') });
    expect(report.out).not.toContain('\u001b');
  });

  it("exports a run's QNN, and reports missing training points", async () => {
    const out = finishedRun();
    const without = await qloom(['export', 'toy', '--out', out]);
    expect(without).toMatchObject({ code: 1, err: expect.stringContaining('give the real points with --data <csv>') });
    const rows = ['ferromagnetic', 'antiphase', 'paramagnetic'].map((name, i) => `${i},0.5,${1 - i},0.1,${name}`);
    writeFileSync(join(out, 'toy', 'training.csv'), `${['Z3,X3X4,X3X5,Z0,label', ...rows].join('\n')}\n`);
    const { code, out: program, err } = await qloom(['export', 'toy', '--out', out, '--format', 'qiskit']);
    expect(err).toMatch(/^QNN of the study toy, trained on 3 real points, seed 1: on the real ones loss .*, accuracy /);
    expect([code, program.split('\n')[0]]).toEqual([0, expect.stringContaining('QNN of the study toy')]);
  });

  it('draws circuits: from options, from a study file, from a program that it wrote', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qloom-draw-'));
    const flags = ['--ansatz', 'basic-entangler', '--qubits', '2', '--layers', '1'];
    const [drawn, written, study] = await Promise.all([
      qloom(['draw', ...flags]),
      qloom(['draw', ...flags, '--openqasm']),
      qloom(['draw', 'examples/quickstart.yaml', '--no-angles', '--svg', join(folder, 'study.svg')]),
    ]);
    expect(drawn.out.split('\n')[0]).toBe('q0: ─┤RY(x0)├─┤RX(θ0)├─●──');
    writeFileSync(join(folder, 'mine.qasm'), written.out);
    expect((await qloom(['draw', join(folder, 'mine.qasm')])).out).toBe(drawn.out);
    expect([study.code, study.out]).toEqual([0, '']);
    const own = join(folder, 'own.yaml');
    writeFileSync(own, 'data:\n  task: annni\n  labels: 40\nqnn:\n  circuit: mine.qasm\n');
    expect((await qloom(['draw', own])).out).toBe(drawn.out);
    expect(await qloom(['draw', own, '--features', '2'])).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        `--features cannot be combined with ${own}, whose qnn.circuit has inputs of its own`,
      ),
    });
    expect(readFileSync(join(folder, 'study.svg'), 'utf8')).toMatch(/^<svg[\s\S]*<title>examples\/quickstart.yaml/);
  });

  it('measures the variance of gradients, the same for the same seed', async () => {
    const args = ['plateau', '--to', '3', '--layers', '1', '--samples', '50', '--json'];
    const [first, second] = await Promise.all([qloom(args), qloom(args)]);
    expect(JSON.parse(first.out)).toMatchObject({
      rows: [
        { qubits: 2, parameters: 4 },
        { qubits: 3, parameters: 6 },
      ],
    });
    expect(second.out).toBe(first.out);
    const chosen = await qloom([...args, '--engine', 'auto']);
    expect(JSON.parse(chosen.out)).toMatchObject({ engine: expect.any(String), engineReason: expect.any(String) });
  });

  it('finds the ground energy of H₂, with its progress on stderr', async () => {
    const [json, text] = await Promise.all([
      qloom(['vqe', 'h2', '--restarts', '2', '--json']),
      qloom(['vqe', '--restarts', '1', '--', '-1*Z0 Z1 - 0.3*X0']),
    ]);
    // Full configuration interaction in STO-3G at 0.7414 Å: −1.13727 Ha.
    expect(JSON.parse(json.out)).toMatchObject({ energy: expect.closeTo(-1.13727, 5), converged: true });
    expect(json.err).toMatch(/^start 1\/2 {2}step \d+ {2}energy −1\.137/);
    // −√(1 + 0.3²): the ZZ and X of qubit 0 anticommute.
    expect(text.out).toContain('energy    −1.044030651');
    expect(text.out).toMatch(/exact +−1\.044030651/);
  });

  const older = olderNode();
  (older === undefined ? it.skip : it)(
    'runs under the installed Node where it is started by an older one',
    async () => {
      const { code, out } = await qloom(['--version'], older);
      expect([code, out]).toEqual([0, '0.1.0\n']);
      expect((await qloom(['run'], older)).code).toBe(2);
    },
  );
});
