import { copyFileSync, writeFileSync } from 'node:fs';
import { status } from '@grpc/grpc-js';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { makeCertificates, type TestCertificates } from '@qloom/testing/test-certificates.ts';
import type { RunningServer } from '../server/server.ts';
import { callWith, type Protection, portOf, serveSecure } from '../testing/serve-secure.ts';

let folder: TempFolder;
let made: TestCertificates;
/** Certificates of an authority that nobody else knows. */
let foreign: TestCertificates;
let foreignFolder: TempFolder;
const servers: RunningServer[] = [];

beforeAll(async () => {
  [folder, foreignFolder] = await Promise.all([createTempFolder(), createTempFolder()]);
  [made, foreign] = [makeCertificates(folder.path), makeCertificates(foreignFolder.path)];
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.shutdown(50);
});
afterAll(() => Promise.all([folder.remove(), foreignFolder.remove()]));

const serve = async (protection: Protection): Promise<RunningServer> => {
  const server = await serveSecure(protection);
  servers.push(server);
  return server;
};
const identity = () => ({ certFile: made.serverCertFile, keyFile: made.serverKeyFile });
const client = () => ({ certFile: made.clientCertFile, keyFile: made.clientKeyFile, caFile: made.caFile });

describe('a server with a certificate', () => {
  it('is called over TLS by a client that trusts its authority, under the name of its certificate', async () => {
    const { target } = await serve({ files: identity() });
    expect(target).toMatch(/^tls:\/\/127\.0\.0\.1:\d+$/);
    expect(await callWith(target, { caFile: made.caFile })).toBeUndefined();
    expect(await callWith(`tls://localhost:${portOf(target)}`, { caFile: made.caFile })).toBeUndefined();
  });

  it('is refused by a client of another authority, and by one that trusts only what Node trusts', async () => {
    const { target } = await serve({ files: identity() });
    for (const files of [{ caFile: foreign.caFile }, undefined]) {
      expect(await callWith(target, files)).toMatchObject({
        code: status.UNAVAILABLE,
        details: expect.stringMatching(/certificate/),
      });
    }
  });

  it('is refused under a name that its certificate does not have, unless the client expects another one', async () => {
    const { target } = await serve({ files: identity() });
    const refused = await callWith(target, { caFile: made.caFile }, { serverName: 'agent.example' });
    expect(refused).toMatchObject({ code: status.UNAVAILABLE, details: expect.stringContaining('agent.example') });
    expect(await callWith(target, { caFile: made.caFile }, { serverName: 'localhost' })).toBeUndefined();
  });

  it('does not answer a client without TLS', async () => {
    const { target } = await serve({ files: identity() });
    expect(await callWith(`127.0.0.1:${portOf(target)}`)).toMatchObject({ code: status.UNAVAILABLE });
  });

  it('is called by its own process on a private socket, whatever names its certificate has', async () => {
    const { self } = await serve({ files: { ...identity(), caFile: made.caFile }, callsItself: true });
    expect(self).toMatch(/^unix:/);
    expect(await callWith(self)).toBeUndefined();
  });
});

describe('a server with a certificate and authorities', () => {
  const files = () => ({ ...identity(), caFile: made.caFile });

  it('takes calls of clients whose certificate an authority signed', async () => {
    const { target } = await serve({ files: files() });
    expect(await callWith(target, client())).toBeUndefined();
  });

  it('refuses a client without a certificate, one of another authority, and one that has expired', async () => {
    const { target } = await serve({ files: files() });
    const ofForeigner = { certFile: foreign.clientCertFile, keyFile: foreign.clientKeyFile, caFile: made.caFile };
    for (const refused of [{ caFile: made.caFile }, ofForeigner]) {
      expect(await callWith(target, refused)).toMatchObject({ code: status.UNAVAILABLE });
    }
  });
});

describe('certificates that are renewed', () => {
  /** A server whose files are copies that the test exchanges; `warned` resolves with the next warning. */
  async function serveCopies() {
    const copy = await createTempFolder();
    const at = { certFile: copy.file('tls.crt'), keyFile: copy.file('tls.key') };
    copyFileSync(made.serverCertFile, at.certFile);
    copyFileSync(made.serverKeyFile, at.keyFile);
    const warning = Promise.withResolvers<string>();
    const server = await serve({ files: at, watch: { everyMs: 2, warn: warning.resolve } });
    return { at, copy, target: server.target, warned: warning.promise };
  }

  /** Resolves as soon as a server's certificate is one of `foreign`. */
  async function isForeign(target: string): Promise<void> {
    while ((await callWith(target, { caFile: foreign.caFile })) !== undefined);
  }

  it('are used for connections that are made afterwards', async () => {
    const { at, target, copy } = await serveCopies();
    copyFileSync(foreign.serverKeyFile, at.keyFile);
    copyFileSync(foreign.serverCertFile, at.certFile);
    await isForeign(target);
    expect(await callWith(target, { caFile: made.caFile })).toMatchObject({ code: status.UNAVAILABLE });
    await copy.remove();
  });

  it('are used once both files are exchanged; until then the pair from before is used, with a warning', async () => {
    const { at, target, warned, copy } = await serveCopies();
    copyFileSync(foreign.serverCertFile, at.certFile);
    expect(await warned).toBe(
      `${at.keyFile} is not the key of the certificate ${at.certFile}; right would be both of one pair`,
    );
    expect(await callWith(target, { caFile: made.caFile })).toBeUndefined();
    copyFileSync(foreign.serverKeyFile, at.keyFile);
    await isForeign(target);
    await copy.remove();
  });

  it('are not used where a file becomes unreadable or holds something else', async () => {
    const { at, target, warned, copy } = await serveCopies();
    writeFileSync(at.certFile, 'no certificate');
    expect(await warned).toMatch(/tls\.crt" is no certificate/);
    expect(await callWith(target, { caFile: made.caFile })).toBeUndefined();
    await copy.remove();
  });
});
