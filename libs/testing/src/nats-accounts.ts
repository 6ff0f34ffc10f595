import { createHash, randomUUID } from 'node:crypto';
import { nkeys } from '@nats-io/nats-core';

/** An operator with one account that has JetStream, and one user in it. */
export interface NatsAccounts {
  /** A server's configuration: put it into `NatsServerOptions.settings`. */
  readonly settings: string;
  /** Text of the user's credentials file, as `nsc` writes it. */
  readonly credentials: string;
}

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** Makes the keys and the signed JWTs (nats-io/jwt, version 2 claims) that a server in operator mode requires. */
export function makeNatsAccounts(): NatsAccounts {
  const [operator, account, user] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createUser()];
  // A server with JetStream has a system account beside those of its users.
  const system = nkeys.createAccount();
  const systemKey = system.getPublicKey();
  const unlimited = { subs: -1, data: -1, payload: -1 };
  const account_limits = { imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
  const jetStream = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const operatorJwt = sign(operator, operator, 'operator', { system_account: systemKey });
  const systemJwt = sign(operator, system, 'account', { limits: { ...unlimited, ...account_limits } });
  const accountJwt = sign(operator, account, 'account', { limits: { ...unlimited, ...account_limits, ...jetStream } });
  const userJwt = sign(account, user, 'user', { ...unlimited, pub: {}, sub: {} });
  const accountKey = account.getPublicKey();
  return {
    settings: `operator: ${operatorJwt}\nresolver: MEMORY\nresolver_preload: {\n  ${systemKey}: ${systemJwt}\n  ${accountKey}: ${accountJwt}\n}\n`,
    credentials: [
      '-----BEGIN NATS USER JWT-----',
      userJwt,
      '------END NATS USER JWT------',
      '',
      '-----BEGIN USER NKEY SEED-----',
      Buffer.from(user.getSeed()).toString('ascii'),
      '------END USER NKEY SEED------',
      '',
    ].join('\n'),
  };
}

function sign(issuer: KeyPair, subject: KeyPair, type: string, claims: object): string {
  const encode = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');
  const body = {
    jti: createHash('sha256').update(randomUUID()).digest('hex'),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: type,
    nats: { ...claims, type, version: 2 },
  };
  const signed = `${encode(JSON.stringify({ typ: 'JWT', alg: 'ed25519-nkey' }))}.${encode(JSON.stringify(body))}`;
  return `${signed}.${encode(issuer.sign(Buffer.from(signed)))}`;
}
