import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM files of an authority, and of a server (`localhost`, 127.0.0.1) and a client that it signed. */
export interface TestCertificates {
  readonly caFile: string;
  readonly serverCertFile: string;
  readonly serverKeyFile: string;
  readonly clientCertFile: string;
  readonly clientKeyFile: string;
  /** A certificate of the server's key, and of the client's, whose time is over. */
  readonly expiredServerCertFile: string;
  readonly expiredClientCertFile: string;
}

/** Configuration of `openssl ca`, the only command that signs for a time in the past. */
const CA_CONFIG = `[ca]
default_ca = own
[own]
database = index.txt
serial = serial.txt
new_certs_dir = .
default_md = sha256
policy = any
[any]
commonName = supplied
`;

/** Makes them with `openssl`, valid for two days. Throws when there is no `openssl` on the PATH. */
export function makeCertificates(folder: string): TestCertificates {
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Qloom test CA');
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1');
  writeFileSync(at('index.txt'), '');
  writeFileSync(at('ca.cnf'), CA_CONFIG);
  for (const who of ['server', 'client']) {
    openssl('req', ...newKey, '-keyout', `${who}.key`, '-out', `${who}.csr`, '-subj', `/CN=${who}`);
    const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
    openssl('x509', '-req', '-in', `${who}.csr`, ...authority, '-out', `${who}.pem`, '-days', '2', '-extfile', 'names');
    const past = ['-config', 'ca.cnf', '-startdate', '200101000000Z', '-enddate', '210101000000Z', '-extfile', 'names'];
    const signer = ['-cert', 'ca.pem', '-keyfile', 'ca.key', '-create_serial', '-notext'];
    openssl('ca', '-batch', ...past, ...signer, '-in', `${who}.csr`, '-out', `${who}-expired.pem`);
  }
  return {
    caFile: at('ca.pem'),
    serverCertFile: at('server.pem'),
    serverKeyFile: at('server.key'),
    clientCertFile: at('client.pem'),
    clientKeyFile: at('client.key'),
    expiredServerCertFile: at('server-expired.pem'),
    expiredClientCertFile: at('client-expired.pem'),
  };
}
