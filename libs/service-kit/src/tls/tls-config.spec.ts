import { writeFileSync } from 'node:fs';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { makeCertificates, type TestCertificates } from '@qloom/testing/test-certificates.ts';
import { ConfigError, loadConfig } from '../config/config.ts';
import { TLS_CONFIG, watchTlsConfig } from './tls-config.ts';

let folder: TempFolder;
let made: TestCertificates;
beforeAll(async () => {
  folder = await createTempFolder();
  made = makeCertificates(folder.path);
});
afterAll(() => folder.remove());

/** The problems of an environment. */
function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    watchTlsConfig(loadConfig(TLS_CONFIG, env), { warn: () => {} }).close();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const pair = () => ({ QLOOM_TLS_CERT_FILE: made.serverCertFile, QLOOM_TLS_KEY_FILE: made.serverKeyFile });

describe('the variables of TLS', () => {
  it('may be absent, or name a pair, authorities, or both', () => {
    const authorities = { QLOOM_TLS_CA_FILE: made.caFile };
    for (const env of [{}, pair(), authorities, { ...pair(), ...authorities }]) expect(problemsOf(env)).toEqual([]);
  });

  it('need certificate and key together', () => {
    expect(problemsOf({ QLOOM_TLS_CERT_FILE: made.serverCertFile })).toEqual([
      'QLOOM_TLS_CERT_FILE: set without QLOOM_TLS_KEY_FILE; set both or neither',
    ]);
    expect(problemsOf({ QLOOM_TLS_KEY_FILE: made.serverKeyFile })).toEqual([
      'QLOOM_TLS_KEY_FILE: set without QLOOM_TLS_CERT_FILE; set both or neither',
    ]);
  });

  it('name each file that is not there or holds something else', () => {
    expect(problemsOf({ QLOOM_TLS_CA_FILE: '/nowhere/ca.crt' })).toEqual([
      'QLOOM_TLS_CA_FILE: "/nowhere/ca.crt" is not there; right would be the path of a PEM certificate',
    ]);
    const exchanged = { QLOOM_TLS_CERT_FILE: made.serverKeyFile, QLOOM_TLS_KEY_FILE: made.serverCertFile };
    expect(problemsOf(exchanged)).toEqual([
      expect.stringMatching(/^QLOOM_TLS_CERT_FILE: .* holds something else; right would be the path of a PEM certif/),
      expect.stringMatching(/^QLOOM_TLS_KEY_FILE: .* holds something else; right would be the path of a PEM private/),
    ]);
    const broken = folder.file('broken.pem');
    writeFileSync(broken, '-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n');
    expect(problemsOf({ QLOOM_TLS_CA_FILE: broken })).toEqual([
      expect.stringMatching(/broken\.pem" is no certificate/),
    ]);
  });

  it('refuse a key of another certificate and one that has expired', () => {
    expect(problemsOf({ ...pair(), QLOOM_TLS_KEY_FILE: made.clientKeyFile })).toEqual([
      expect.stringMatching(/client\.key is not the key of the certificate .*server\.pem; right would be both of one/),
    ]);
    expect(problemsOf({ ...pair(), QLOOM_TLS_CERT_FILE: made.expiredServerCertFile })).toEqual([
      expect.stringMatching(/server-expired\.pem has expired: 2021-01-01T00:00:00.000Z/),
    ]);
  });
});
