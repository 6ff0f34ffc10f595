import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { UsageError } from '../command/errors.ts';
import { chooseAgent, chooseTraces } from './choose-agent.ts';
import { contextNamed, contextsPath, readContexts, writeContexts } from './contexts-file.ts';
import { checkContext } from './new-context.ts';

let folder: TempFolder;
let env: Record<string, string>;
beforeEach(async () => {
  folder = await createTempFolder();
  env = { QLOOM_CONTEXTS: folder.file('contexts.yaml') };
});
afterEach(() => folder.remove());

const TEXT = `current: trial
contexts:
  trial: { agent: "127.0.0.1:50054", traces: "http://127.0.0.1:16686" }
  prod:
    agent: tls://qloom.example:443
    tls: { ca: ca.pem, serverName: agent }
    tokenFile: /secret/token
`;
const write = (text: string): void => writeFileSync(folder.file('contexts.yaml'), text);

describe('the file of contexts', () => {
  it('is in the folder of configuration, unless a variable names another', () => {
    expect(contextsPath({ HOME: '/home/ada' })).toBe('/home/ada/.config/qloom/contexts.yaml');
    expect(contextsPath({ HOME: '/home/ada', XDG_CONFIG_HOME: '/etc/ada' })).toBe('/etc/ada/qloom/contexts.yaml');
    expect(contextsPath({ QLOOM_CONTEXTS: '/tmp/mine.yaml' })).toBe('/tmp/mine.yaml');
  });

  it('need not exist', () => expect(readContexts(env).contexts).toEqual({}));

  it('has paths relative to itself', () => {
    write(TEXT);
    expect(contextNamed(readContexts(env), 'prod')).toEqual({
      agent: 'tls://qloom.example:443',
      tls: { ca: folder.file('ca.pem'), serverName: 'agent' },
      tokenFile: '/secret/token',
    });
  });

  it('is read as it was written, and by its user alone', () => {
    const contexts = { a: { agent: 'host:1', tls: { ca: '/ca.pem' } }, b: { agent: 'unix:/b.sock' } };
    writeContexts({ path: contextsPath(env), current: 'b', contexts });
    expect(readContexts(env)).toEqual({ path: contextsPath(env), current: 'b', contexts });
    expect(statSync(contextsPath(env)).mode & 0o777).toBe(0o600);
    expect(readFileSync(contextsPath(env), 'utf8')).toMatch(/^current: b\ncontexts:\n {2}a:\n/);
  });

  it.each([
    ['contexts: [1]', /contexts: is no map/],
    ['curent: a', /curent: no such field; did you mean "current"\? Allowed: current, contexts/],
    ['current: a', /current: "a" is none of no contexts/],
    ['contexts: { a: { agnet: "b:1" } }', /contexts\.a\.agnet: no such field; did you mean "agent"\?/],
    ['contexts: { a: { token: x } }', /contexts\.a\.agent: is missing; right would be host:port or tls:\/\/host:port/],
    ['contexts: { a: { agent: "https://b" } }', /contexts\.a\.agent: "https:\/\/b" is a URL; right would be tls:/],
    ['contexts: { a: { agent: "b:1", tls: { caFile: x } } }', /contexts\.a\.tls\.caFile: no such field\. Allowed: ca,/],
    ['contexts: { a: { agent: 3 } }', /contexts\.a\.agent: 3 is no text/],
    ['a: [', /contexts\.yaml:1: /],
  ])('is refused where it is %s', (text, message) => {
    write(text);
    expect(() => readContexts(env)).toThrow(UsageError);
    expect(() => readContexts(env)).toThrow(message);
  });
});

describe('the agent of a command', () => {
  const agentOf = (flags: object, more: Record<string, string> = {}) => chooseAgent(flags, { ...env, ...more });

  it('is that of the option, then the environment, then the current context', () => {
    write(TEXT);
    const both = { QLOOM_AGENT_TARGET: 'env:1', QLOOM_CONTEXT: 'prod' };
    expect(agentOf({ agent: 'flag:1' }, both)).toMatchObject({ agent: 'flag:1', options: '--agent flag:1' });
    expect(agentOf({ context: 'trial' }, both)).toMatchObject({ agent: '127.0.0.1:50054', options: '--context trial' });
    expect(agentOf({}, both)).toMatchObject({ agent: 'env:1', options: '' });
    expect(agentOf({}, { QLOOM_CONTEXT: 'prod' }).agent).toBe('tls://qloom.example:443');
    expect(agentOf({}).agent).toBe('127.0.0.1:50054');
  });

  it('gets the token and certificates of a context with its address only', () => {
    write(TEXT.replace('current: trial', 'current: prod'));
    expect(agentOf({ agent: 'flag:1' })).toMatchObject({ tls: undefined, tokenFile: undefined });
    const files = { QLOOM_TLS_CA_FILE: '/env/ca.pem', QLOOM_TOKEN_FILE: '/env/token' };
    expect(agentOf({}, files)).toMatchObject({ tokenFile: '/secret/token', tls: { ca: folder.file('ca.pem') } });
    const given = agentOf({ agent: 'tls://flag:1' }, files);
    expect(given).toMatchObject({ tokenFile: '/env/token', tls: { ca: '/env/ca.pem' } });
    // A variable does not make an address one of TLS.
    expect(agentOf({ agent: 'flag:1' }, files).tls).toBeUndefined();
  });

  it('has single settings replaced by options', () => {
    write(TEXT.replace('current: trial', 'current: prod'));
    expect(agentOf({ tlsCa: '/my/ca.pem', tokenFile: '/my/token' })).toMatchObject({
      tls: { ca: '/my/ca.pem', serverName: 'agent' },
      tokenFile: '/my/token',
    });
  });

  it('is refused where options contradict each other or none is given', () => {
    expect(() => agentOf({ agent: 'a:1', context: 'b' })).toThrow(/both are given; right would be one/);
    expect(() => agentOf({ agent: 'tls://a:1', tlsCert: 'c.pem' })).toThrow(/--tls-cert and --tls-key: one is given/);
    expect(() => agentOf({})).toThrow(/no agent is given: give --agent host:port, or make a context/);
    write(TEXT);
    expect(() => agentOf({ context: 'prd' })).toThrow(/no context "prd"; did you mean "prod"\? \(it has trial, prod\)/);
    expect(() => agentOf({}, { QLOOM_AGENT_TARGET: 'nowhere' })).toThrow(/QLOOM_AGENT_TARGET: "nowhere" has no port/);
  });

  it('has the traces of its context, unless an option names others', () => {
    write(TEXT);
    expect(chooseTraces({}, env)).toBe('http://127.0.0.1:16686');
    expect(chooseTraces({ context: 'prod' }, env)).toBeUndefined();
    expect(chooseTraces({ traces: 'http://mine' }, env)).toBe('http://mine');
  });
});

describe('a new context', () => {
  it('is refused with everything that is wrong', () => {
    const wrong = { agent: 'a', tls: { cert: '/nowhere.pem' }, traces: 'jaeger:16686' };
    expect(() => checkContext(wrong)).toThrow(
      [
        '--agent: "a" has no port; right would be unix:/path.sock or host:port',
        '--tls-cert: /nowhere.pem: no such file',
        '--tls-cert and --tls-key: one is given without the other; right would be both or neither',
        '--traces: "jaeger:16686" is no URL of HTTP; right would be such as http://127.0.0.1:16686',
      ].join('\n'),
    );
  });
});
