import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { makeCertificates, type TestCertificates } from '@qloom/testing/test-certificates.ts';
import { COMMON_CONFIG } from './common-config.ts';
import { ConfigError, loadConfig } from './config.ts';
import { NATS_CONFIG, natsCredentials } from './nats-config.ts';

describe('the NATS variables of a service', () => {
  let folder: TempFolder;
  let certificates: TestCertificates;
  beforeAll(async () => {
    folder = await createTempFolder();
    certificates = makeCertificates(folder.path);
    mkdirSync(folder.file('a-folder'));
    writeFileSync(folder.file('notes'), 'the password is secret');
    writeFileSync(folder.file('seed'), `SU${'A'.repeat(56)}\n`);
    writeFileSync(folder.file('creds'), 'BEGIN NATS USER JWT\nx\nBEGIN USER NKEY SEED\ny\n');
    writeFileSync(folder.file('closed'), 'BEGIN CERTIFICATE');
    chmodSync(folder.file('closed'), 0);
  });
  afterAll(() => folder.remove());

  const problemsOf = (env: Record<string, string>): readonly string[] => {
    try {
      natsCredentials(loadConfig(NATS_CONFIG, env));
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
  };

  it('are common to all services, and become options of the log', () => {
    expect(COMMON_CONFIG).toMatchObject(NATS_CONFIG);
    const env = {
      QLOOM_NATS_USER: 'ada',
      QLOOM_NATS_PASSWORD: 'secret',
      QLOOM_NATS_CA_FILE: certificates.caFile,
      QLOOM_NATS_CERT_FILE: certificates.clientCertFile,
      QLOOM_NATS_KEY_FILE: certificates.clientKeyFile,
    };
    expect(natsCredentials(loadConfig(COMMON_CONFIG, env))).toEqual({
      user: 'ada',
      password: 'secret',
      caFile: certificates.caFile,
      certFile: certificates.clientCertFile,
      keyFile: certificates.clientKeyFile,
    });
    expect(problemsOf({ QLOOM_NATS_CREDENTIALS_FILE: folder.file('creds') })).toEqual([]);
    expect(problemsOf({ QLOOM_NATS_NKEY_SEED_FILE: folder.file('seed') })).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    [
      'QLOOM_NATS_CREDENTIALS_FILE',
      'missing',
      /^QLOOM_NATS_CREDENTIALS_FILE: ".*missing" is not there; right would be/,
    ],
    [
      'QLOOM_NATS_CREDENTIALS_FILE',
      'notes',
      /notes" holds something else; right would be the path of a credentials file/,
    ],
    [
      'QLOOM_NATS_NKEY_SEED_FILE',
      'creds',
      /creds" holds something else; right would be .* one line that begins with SU/,
    ],
    ['QLOOM_NATS_CA_FILE', 'a-folder', /a-folder" is a folder; right would be the path of a PEM certificate/],
    [
      'QLOOM_NATS_CERT_FILE',
      'client.key',
      /client\.key" holds something else; right would be the path of a PEM certificate/,
    ],
    [
      'QLOOM_NATS_KEY_FILE',
      'client.pem',
      /client\.pem" holds something else; right would be the path of a PEM private key/,
    ],
  ])('name a wrong file: %s', (name, file, message) => {
    const problems = problemsOf({ [name]: folder.file(file) });
    expect(problems).toEqual([expect.stringMatching(message)]);
    expect(problems.join()).not.toContain('secret');
  });

  // Root reads every file, whatever its mode.
  (process.getuid?.() === 0 ? it.skip : it)('name a file that may not be read', () => {
    expect(problemsOf({ QLOOM_NATS_CA_FILE: folder.file('closed') })).toEqual([
      expect.stringMatching(/closed" may not be read by this process/),
    ]);
  });

  it.each<[Record<string, string>, string]>([
    [{ QLOOM_NATS_PASSWORD: 'secret' }, 'QLOOM_NATS_PASSWORD: set without QLOOM_NATS_USER; set both or neither'],
    [{ QLOOM_NATS_USER: 'ada' }, 'QLOOM_NATS_USER: set without QLOOM_NATS_PASSWORD; set both or neither'],
    [
      { QLOOM_NATS_USER: 'ada', QLOOM_NATS_PASSWORD: 'secret', QLOOM_NATS_TOKEN: 'secret' },
      'QLOOM_NATS_USER and QLOOM_NATS_TOKEN are set; right would be one of them',
    ],
  ])('name variables that exclude each other: %#', (env, message) => {
    expect(problemsOf(env)).toEqual([message]);
  });

  it('name a certificate without its key', () => {
    expect(problemsOf({ QLOOM_NATS_CERT_FILE: certificates.clientCertFile })).toEqual([
      'QLOOM_NATS_CERT_FILE: set without QLOOM_NATS_KEY_FILE; set both or neither',
    ]);
  });
});
