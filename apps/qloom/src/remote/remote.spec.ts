import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Study, StudySettings, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { watchTokens } from '@qloom/service-kit/tls/tokens.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { makeCertificates, type TestCertificates } from '@qloom/testing/test-certificates.ts';
import { CommandError, InterruptedError, UsageError } from '../command/errors.ts';
import type { AgentFlags } from '../context/choose-agent.ts';
import { readStudyRecord, runFolderAt } from '../run-folder/run-folder.ts';
import { parseStudyFile } from '../study-file/load-study-file.ts';
import { type ServeAgentOptions, type ServedAgent, serveAgent } from '../testing/serve-agent.ts';
import { withAgent } from './connect-agent.ts';
import { fetchNamed } from './fetch-named.ts';
import { namedStudy } from './named-study.ts';
import { submit } from './submit.ts';
import { watch } from './watch.ts';

const TOKEN = 'c0ffee00c0ffee00';
let folder: TempFolder;
let made: TestCertificates;
const served: ServedAgent[] = [];
/** No contexts of the user who runs the tests. */
let env: Record<string, string>;

beforeAll(async () => {
  folder = await createTempFolder();
  made = makeCertificates(folder.path);
  writeFileSync(folder.file('token'), `${TOKEN}\n`);
  env = { QLOOM_CONTEXTS: folder.file('contexts.yaml') };
});
afterEach(async () => {
  for (const agent of served.splice(0)) await agent.stop();
});
afterAll(() => folder.remove());

async function serve(options: ServeAgentOptions = {}): Promise<ServedAgent> {
  const agent = await serveAgent(options);
  served.push(agent);
  return agent;
}

const secure = (): ServeAgentOptions => {
  const tokens = watchTokens(folder.file('token'), { warn: () => {} });
  tokens.close();
  return { files: { certFile: made.serverCertFile, keyFile: made.serverKeyFile }, tokens: () => tokens.current };
};
const portOf = (target: string): string => target.slice(target.lastIndexOf(':') + 1);
const listWith = (flags: AgentFlags): Promise<number> =>
  withAgent(flags, env, async ({ client }) => (await client.listStudies({})).studies.length);
const rejection = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: Error) => error,
  );

describe('the connection to an agent', () => {
  it('takes TLS and a token', async () => {
    const agent = await serve(secure());
    const flags = { tlsCa: made.caFile, tokenFile: folder.file('token') };
    expect(await listWith({ agent: agent.target, ...flags })).toBe(0);
    // An option of TLS is enough to use it.
    expect(await listWith({ agent: `localhost:${portOf(agent.target)}`, ...flags })).toBe(0);
  });

  it('fails at once with what would be right', async () => {
    const agent = await serve(secure());
    const plain = await serve();
    const port = portOf(agent.target);
    writeFileSync(folder.file('wrong-token'), 'another-token-than-that');
    const cases: [AgentFlags, RegExp][] = [
      [{ agent: agent.target }, /no authority that is trusted here signed its certificate .*; give .* with --tls-ca/],
      [{ agent: agent.target, tlsCa: made.caFile }, /refuses the call: the call has no token; give --token-file/],
      [
        { agent: agent.target, tlsCa: made.caFile, tokenFile: folder.file('wrong-token') },
        /refuses the call: the token is not one that this server accepts; give --token-file/,
      ],
      [
        { agent: agent.target, tlsCa: made.caFile, tlsServerName: 'qloom.example' },
        /its certificate is for other names .*qloom\.example.*; give the right one with --tls-server-name/,
      ],
      [{ agent: `127.0.0.1:${port}` }, /it ends the connection; where it uses TLS, right would be tls:\/\/127/],
      [{ agent: `tls://${plain.target}` }, /it does not use TLS; right would be 127\.0\.0\.1:\d+ without/],
      [{ agent: '127.0.0.1:1' }, /agent 127\.0\.0\.1:1: nothing listens there; look at the address/],
    ];
    for (const [flags, message] of cases) {
      const error = await rejection(listWith(flags));
      expect(error).toBeInstanceOf(CommandError);
      expect(error.message).toMatch(message);
    }
  });

  it('needs a certificate of the client where the agent demands one', async () => {
    const agent = await serve({ files: { ...secure().files, caFile: made.caFile } });
    const error = await rejection(listWith({ agent: agent.target, tlsCa: made.caFile }));
    expect(error.message).toMatch(/--tls-cert and --tls-key/);
    const own = { tlsCert: made.clientCertFile, tlsKey: made.clientKeyFile };
    expect(await listWith({ agent: agent.target, tlsCa: made.caFile, ...own })).toBe(0);
  });

  it('sends no token over a network in the clear', async () => {
    const error = await rejection(listWith({ agent: 'agent.example:50051', tokenFile: folder.file('token') }));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(
      /not sent over the network in the clear; right would be tls:\/\/agent\.example:50051/,
    );
  });

  it('names a file that is not there', async () => {
    const error = await rejection(listWith({ agent: 'tls://127.0.0.1:1', tlsCa: '/nowhere/ca.pem' }));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/^\/nowhere\/ca\.pem: /);
  });
});

describe('the name of a study', () => {
  it('is refused where the agent has none of it, with a near one', async () => {
    const agent = await serve();
    for (const id of ['quickstart', 'spins']) agent.studies.set(id, Study.fromPartial({ id }));
    const find = (name: string) => withAgent({ agent: agent.target }, env, (remote) => namedStudy(remote, name));
    const error = await rejection(find('quikstart'));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(
      /there is no study quikstart; did you mean "quickstart"\? \(it has quickstart, spins\)/,
    );
    expect((await rejection(find('No Name'))).message).toMatch(/"No Name" is no name of a study/);
    expect((await find('spins')).id).toBe('spins');
  });
});

describe('submit', () => {
  const options = () => ({ env, signal: new AbortController().signal, note: () => {} });
  const CSV = `a,b,label\n${Array.from({ length: 40 }, (_, i) => `${i / 40},${1 - i / 50},${i % 2 ? 'yes' : 'no'}`).join('\n')}\n`;

  it('sends the study with its text and every file that it names', async () => {
    const agent = await serve();
    const text = 'name: mine\ndata:\n  csv: data.csv\n  unlabelled: pool.csv\n  labels: 20\nqnn: { qubits: 2 }\n';
    writeFileSync(folder.file('data.csv'), CSV);
    writeFileSync(folder.file('pool.csv'), 'a,b\n.1,.2\n.3,.4\n.5,.6\n');
    writeFileSync(folder.file('mine.yaml'), text);
    expect(await submit(folder.file('mine.yaml'), { agent: agent.target }, options())).toEqual({
      study: 'mine',
      options: `--agent ${agent.target}`,
    });
    expect(agent.datasets).toEqual([40, 3]);
    const [{ id, settings, studyFile }] = agent.created;
    expect([id, studyFile]).toEqual(['mine', text]);
    expect(settings?.data?.source?.$case).toBe('dataset');
    expect(settings?.data?.unlabelled?.source?.$case).toBe('dataset');
  });

  it('refuses a wrong file before it calls, and services of its own', async () => {
    const agent = await serve();
    const refusalOf = async (text: string): Promise<Error> => {
      writeFileSync(folder.file('wrong.yaml'), text);
      return rejection(submit(folder.file('wrong.yaml'), { agent: agent.target }, options()));
    };
    expect((await refusalOf('data: { task: annni, lables: 3 }\n')).message).toMatch(/:1: data\.lables: no such field/);
    const own = 'data: { task: annni, labels: 40 }\nservices: { generator: "127.0.0.1:7000" }\n';
    expect((await refusalOf(own)).message).toMatch(/:2: services: is for studies that are run on this machine/);
    expect(agent.created).toEqual([]);
  });

  it('takes a policy of the agent that this command line does not know', async () => {
    const agent = await serve();
    writeFileSync(folder.file('tpe.yaml'), 'data: { task: annni, labels: 40 }\npolicy: tpe\n');
    await submit(folder.file('tpe.yaml'), { agent: agent.target }, options());
    expect(agent.created[0].settings?.policy).toBe('tpe');
  });

  it('says where a study of that name with other settings is', async () => {
    const agent = await serve();
    agent.studies.set('taken', Study.fromPartial({ id: 'taken' }));
    writeFileSync(folder.file('taken.yaml'), 'data: { task: annni, labels: 40 }\n');
    const error = await rejection(submit(folder.file('taken.yaml'), { agent: agent.target }, options()));
    expect(error).toBeInstanceOf(CommandError);
    expect(error.message).toMatch(/has a study taken with other settings or data; give this one another "name:"/);
  });
});

describe('watch', () => {
  async function watching(state = StudyState.SEARCHING) {
    const agent = await serve();
    agent.studies.set('mine', Study.fromPartial({ id: 'mine', state, settings: { episodes: 8 }, rewarded: 2 }));
    const lines: string[] = [];
    const controller = new AbortController();
    const progress = { write: (text: string) => lines.push(text) };
    const done = watch('mine', { agent: agent.target }, { env, progress, signal: controller.signal });
    done.catch(() => {});
    return { agent, lines, controller, done };
  }

  it('shows progress until the study has finished, and how to fetch it', async () => {
    const { agent, lines, done } = await watching();
    agent.end(await agent.watched, StudyState.FINISHED);
    await done;
    expect(lines.join('')).toMatch(/mine {2}searching {2}2\/8 episodes/);
    expect(lines.join('')).toMatch(/Fetch its result with: qloom fetch mine --agent /);
  });

  it('fails with the reason of a study that failed', async () => {
    const { agent, done } = await watching();
    agent.end(await agent.watched, StudyState.FAILED, 'every episode failed');
    expect((await rejection(done)).message).toBe('study mine failed: every episode failed');
  });

  it('leaves the study running when it is interrupted', async () => {
    const { agent, controller, done } = await watching();
    await agent.watched;
    controller.abort();
    const error = await rejection(done);
    expect(error).toBeInstanceOf(InterruptedError);
    expect(error.message).toMatch(/study mine continues at agent .*\. Watch it again with: qloom watch mine --agent /);
    expect(agent.studies.get('mine')?.state).toBe(StudyState.SEARCHING);
  });
});

describe('fetch', () => {
  const settings = StudySettings.fromPartial({ seed: 3, episodes: 8 });
  const notes: string[] = [];
  async function fetching(fields: Partial<Study>, options: ServeAgentOptions = {}, out = folder.file('runs')) {
    const agent = await serve(options);
    const made = fields.state === StudyState.FINISHED ? agent.finished() : {};
    const createTime = new Date('2026-01-02T03:04:05Z');
    agent.studies.set('mine', Study.fromPartial({ id: 'mine', settings, createTime, ...made, ...fields }));
    notes.length = 0;
    const note = (text: string): void => void notes.push(text);
    const signal = new AbortController().signal;
    return fetchNamed('mine', { agent: agent.target }, { env, out, signal, note });
  }

  it('writes the run folder of a finished study, on which other commands work', async () => {
    const endTime = new Date('2026-01-02T04:04:05Z');
    const { folder: run, result } = await fetching({ state: StudyState.FINISHED, endTime });
    expect(result?.arms.length).toBeGreaterThan(2);
    for (const path of [run.studyYaml, run.events, run.syntheticCsv, run.cardJson, run.trainingCsv, run.report]) {
      expect(existsSync(path)).toBe(true);
    }
    const record = readStudyRecord(run);
    expect(record).toMatchObject({ id: 'mine', state: 'finished', finishedAt: endTime.toISOString() });
    expect(JSON.parse(readFileSync(run.events, 'utf8'))).toMatchObject({ sequence: 1, study: 'mine', slot: 'create' });
    // The model and the training points.
    expect(readdirSync(`${run.artifacts}/sha256`).length).toBe(2);
  });

  it('leaves the events of a study that has not ended, and can be repeated', async () => {
    const out = folder.file('again');
    const first = await fetching({ state: StudyState.SEARCHING }, {}, out);
    expect(first.result).toBeUndefined();
    expect(notes.join()).toMatch(/Study mine is searching; its events so far are in /);
    expect(readStudyRecord(first.folder).state).toBe('running');
    expect((await fetching({ state: StudyState.FINISHED }, {}, out)).result).toBeDefined();
  });

  it('fails with the reason of a study without a result, which it keeps', async () => {
    const out = folder.file('failed');
    const error = await rejection(fetching({ state: StudyState.FAILED, message: 'no data' }, {}, out));
    expect(error.message).toMatch(/^study mine failed: no data/);
    expect(readStudyRecord(runFolderAt(`${out}/mine`))).toMatchObject({ state: 'failed', message: 'no data' });
  });

  it('fetches from an agent that gives no events', async () => {
    const out = folder.file('foreign');
    const { folder: run, result } = await fetching({ state: StudyState.FINISHED }, { withoutEvents: true }, out);
    expect(result).toBeDefined();
    expect(existsSync(run.events)).toBe(false);
    expect(notes.join()).toMatch(/gives no events: there is no events\.jsonl/);
    expect(parseStudyFile('study.yaml', 'data: { task: annni, labels: 40 }').id).toBe('study');
    expect(readFileSync(run.studyYaml, 'utf8')).toMatch(/^# Created without a study file/);
  });

  it('does not touch a folder of another study', async () => {
    const out = folder.file('other');
    await fetching({ state: StudyState.SEARCHING }, {}, out);
    const other = StudySettings.fromPartial({ ...settings, seed: 4 });
    const error = await rejection(fetching({ state: StudyState.SEARCHING, settings: other }, {}, out));
    expect(error.message).toMatch(/holds a study with other settings \(seed: 3 there, 4 here\): give another --out/);
    const local = folder.file('local');
    const { folder: run } = await fetching({ state: StudyState.SEARCHING }, {}, local);
    const { agent: _agent, ...record } = readStudyRecord(run);
    mkdirSync(local, { recursive: true });
    writeFileSync(run.studyJson, JSON.stringify(record));
    const refused = await rejection(fetching({ state: StudyState.SEARCHING }, {}, local));
    expect(refused.message).toMatch(/holds a study that was run here: give another --out/);
  });
});
