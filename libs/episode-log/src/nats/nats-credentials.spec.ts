import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from '@nats-io/nats-core';
import { makeNatsAccounts, type NatsAccounts } from '@qloom/testing/nats-accounts.ts';
import {
  describeWithEachNats,
  type NatsServer,
  type NatsServerOptions,
  startNatsServer,
} from '@qloom/testing/nats-server.ts';
import { makeCertificates, type TestCertificates } from '@qloom/testing/test-certificates.ts';
import { type OpenOptions, openArtifactStore, openEpisodeLog } from '../open-log.ts';

/** Made once: keys are slow to make and to sign with inside a test's sandbox. */
const accounts = (() => {
  let made: NatsAccounts | undefined;
  return () => (made ??= makeNatsAccounts());
})();

describeWithEachNats('credentials of a NATS server', (program) => {
  const folder = mkdtempSync(join(tmpdir(), 'qloom-credentials-'));
  const servers: NatsServer[] = [];
  const start = async (options: NatsServerOptions): Promise<string> => {
    const server = await startNatsServer({ program, ...options });
    servers.push(server);
    return server.url;
  };
  const fileOf = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  let certificates: TestCertificates;
  beforeAll(() => {
    certificates = makeCertificates(folder);
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const warn = (): void => {};
  /** Writes and reads an event and an artifact. */
  const use = async (url: string, options: OpenOptions = {}): Promise<void> => {
    const log = await openEpisodeLog(url, { warn, ...options });
    const store = await openArtifactStore(url, { warn, ...options });
    expect((await log.append({ study: 's', slot: 'create' }, new Uint8Array(1))).status).toBe('appended');
    expect(await log.replay('s')).toHaveLength(1);
    expect(await store.get(await store.put(new Uint8Array(10)))).toHaveLength(10);
    await Promise.all([log.close(), store.close()]);
  };
  const refusal = async (url: string, options: OpenOptions = {}): Promise<string> => {
    const opening = openEpisodeLog(url, { warn, unavailableAfterMs: 0, ...options });
    return opening.then(
      (log) => log.close().then(() => 'opened'),
      ({ name, message }) => `${name}: ${message}`,
    );
  };

  it('are a user and a password, in the URL, percent-encoded there, or apart', async () => {
    const url = await start({ arguments: ['--user', 'ada@x', '--pass', 'p:/?#%,ss'] });
    await use(url.replace('//', `//${encodeURIComponent('ada@x')}:${encodeURIComponent('p:/?#%,ss')}@`));
    expect(await refusal(url, { user: 'ada@x', password: 'wrong-secret' })).toMatch(
      /^LogUnusableError: the NATS server at nats:\/\/127\.0\.0\.1:\d+ refuses our credentials: Authorization Violation$/,
    );
    expect(await refusal(url, { user: 'ada@x', password: 'p:/?#%,ss' })).toBe('opened');
    expect(await refusal(url)).toMatch(/refuses our credentials/);
  });

  it('are a token, in the URL or apart', async () => {
    const url = await start({ arguments: ['--auth', 't0ken'] });
    await use(url.replace('//', '//t0ken@'));
    expect(await refusal(url, { token: 't0ken' })).toBe('opened');
    const refused = await refusal(url, { token: 'other-secret' });
    expect(refused).toMatch(/refuses our credentials/);
    expect(refused).not.toMatch(/secret/);
  });

  it('are an nkey seed in a file', async () => {
    const [user, other] = [nkeys.createUser(), nkeys.createUser()];
    const settings = `authorization { users: [ { nkey: ${user.getPublicKey()} } ] }`;
    const url = await start({ settings });
    const seed = Buffer.from(user.getSeed()).toString('ascii');
    await use(url, { nkeySeedFile: fileOf('user.nk', `${seed}\n`) });
    const foreign = fileOf('other.nk', Buffer.from(other.getSeed()).toString('ascii'));
    expect(await refusal(url, { nkeySeedFile: foreign })).toMatch(/refuses our credentials/);
  });

  it('are a credentials file of an account', async () => {
    const { settings, credentials } = accounts();
    const url = await start({ settings });
    await use(url, { credentialsFile: fileOf('user.creds', credentials) });
    const seed = Buffer.from(nkeys.createUser().getSeed()).toString('ascii');
    const foreign = fileOf('foreign.creds', credentials.replace(/^SU\w+$/m, seed));
    expect(await refusal(url, { credentialsFile: foreign })).toMatch(/refuses our credentials/);
  });

  it('are sent over TLS if the configured authority signed the server’s certificate, and not otherwise', async () => {
    const { caFile, serverCertFile, serverKeyFile } = certificates;
    const url = await start({ arguments: ['--tls', '--tlscert', serverCertFile, '--tlskey', serverKeyFile] });
    await use(url.replace('nats:', 'tls:'), { caFile });
    await use(`${url}?namespace=other`, { caFile });
    const stranger = makeCertificates(mkdtempSync(join(folder, 'stranger-')));
    for (const options of [{}, { caFile: stranger.caFile }]) {
      expect(await refusal(url.replace('nats:', 'tls:'), options)).toMatch(
        /^LogUnusableError: no NATS server answers at tls:\S+: its certificate is not trusted \(.+\): give the certificate of its authority$/,
      );
    }
  });

  it('are a client’s certificate and key where the server requires one', async () => {
    const { caFile, serverCertFile, serverKeyFile, clientCertFile, clientKeyFile } = certificates;
    const url = await start({
      arguments: ['--tlsverify', '--tlscert', serverCertFile, '--tlskey', serverKeyFile, '--tlscacert', caFile],
    });
    await use(url, { caFile, certFile: clientCertFile, keyFile: clientKeyFile });
    expect(await refusal(url, { caFile })).toMatch(/^Log(Unavailable|Unusable)Error: no NATS server answers at/);
    expect(await refusal(url, { caFile, certFile: clientCertFile, keyFile: serverKeyFile })).toMatch(
      /LogUnusableError: .*the certificate and key given for us are no matching PEM files/,
    );
  });

  it('are certificates that have not expired', async () => {
    const { caFile, expiredServerCertFile, serverKeyFile, expiredClientCertFile, clientKeyFile } = certificates;
    const url = await start({ arguments: ['--tls', '--tlscert', expiredServerCertFile, '--tlskey', serverKeyFile] });
    expect(await refusal(url, { caFile })).toMatch(
      /^LogUnusableError: .*: its certificate, or that of its authority, has expired: renew it there$/,
    );
    expect(await refusal(url, { caFile, certFile: expiredClientCertFile, keyFile: clientKeyFile })).toBe(
      `InvalidUrlError: the certificate ${expiredClientCertFile} has expired: 2021-01-01T00:00:00.000Z`,
    );
    expect(await refusal(url, { caFile, certFile: clientKeyFile, keyFile: clientKeyFile })).toBe(
      `InvalidUrlError: ${clientKeyFile} is no certificate: it needs one as PEM`,
    );
  });

  it('are never sent to a server without TLS if TLS was requested', async () => {
    const url = await start({ arguments: ['--user', 'ada', '--pass', 'secret'] });
    const wanted =
      /LogUnusableError: no NATS server answers at \S+: it has no TLS, and tls:\/\/ or a TLS file was given/;
    expect(await refusal(url.replace('nats://', 'tls://ada:secret@'))).toMatch(wanted);
    expect(await refusal(url, { user: 'ada', password: 'secret', caFile: certificates.caFile })).toMatch(wanted);
  });

  it.each<[string, () => [string, OpenOptions], RegExp]>([
    [
      'a file that is not there',
      () => ['', { credentialsFile: '/nowhere/x.creds' }],
      /cannot read \/nowhere\/x\.creds: ENOENT/,
    ],
    ['a folder', () => ['', { nkeySeedFile: folder }], /cannot read .*: EISDIR/],
    ['no credentials file', () => ['', { credentialsFile: fileOf('a', 'secret') }], /is no NATS credentials file/],
    ['no seed', () => ['', { nkeySeedFile: fileOf('b', 'SUsecret') }], /holds no nkey seed of a user/],
    ['a certificate without a key', () => ['', { certFile: certificates.caFile }], /needs its key, and a key its/],
    ['a password without a user', () => ['', { password: 'secret' }], /a NATS password needs a user/],
    ['two ways', () => ['ada:secret@', { token: 'secret' }], /come from the URL and a token: give one of them/],
    ['no PEM file', () => ['', { caFile: '/nowhere/ca.pem' }], /cannot read \/nowhere\/ca\.pem/],
  ])('are refused before anything is sent: %s', async (_, given, message) => {
    const [userInfo, options] = given();
    const refused = await refusal(`nats://${userInfo}127.0.0.1:1`, options);
    expect(refused).toMatch(message);
    expect(refused).toMatch(/^InvalidUrlError/);
    expect(refused).not.toMatch(/secret/);
  });
});
