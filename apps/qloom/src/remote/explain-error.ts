import { type ServiceError, status } from '@grpc/grpc-js';
import { CommandError } from '../command/errors.ts';

/** A kind of failure of a connection, by the text of its status, with what would be right. */
interface ConnectionFault {
  readonly text: RegExp;
  explain(target: string, details: string): string;
}

const withoutScheme = (target: string): string => target.replace(/^tls:\/\//, '');

/** The first that fits is used. */
const CONNECTION_FAULTS: readonly ConnectionFault[] = [
  {
    text: /altnames|does not match certificate/i,
    explain: (_target, details) =>
      `its certificate is for other names (${reason(details)}); give the right one with --tls-server-name`,
  },
  {
    text: /unable to (verify|get)|self[- ]signed|unable_to_|depth_zero/i,
    explain: (_target, details) =>
      `no authority that is trusted here signed its certificate (${reason(details)}); give that authority with --tls-ca`,
  },
  {
    text: /certificate has expired|cert_has_expired/i,
    explain: () => 'its certificate has expired; it has to be renewed there',
  },
  {
    text: /wrong version number|packet length too long|EPROTO/i,
    explain: (target) => `it does not use TLS; right would be ${withoutScheme(target)} without options --tls-…`,
  },
  {
    text: /certificate required|bad certificate|unknown ca|alert/i,
    explain: () => 'it demands another certificate of this client; give --tls-cert and --tls-key',
  },
  {
    text: /ENOTFOUND|EAI_AGAIN|name resolution/i,
    explain: () => 'there is no host of that name; look at the address',
  },
  {
    text: /ECONNREFUSED/,
    explain: () => 'nothing listens there; look at the address, and whether its port is forwarded',
  },
  {
    text: /ENOENT/,
    explain: () => 'there is no such socket; look at the address',
  },
  {
    text: /failed to connect|ECONNRESET|socket hang up|connection dropped|EPIPE|closed|protocol error|goaway/i,
    explain: (target) =>
      target.startsWith('tls://')
        ? 'it ends the connection; where it demands a certificate of this client, give --tls-cert and --tls-key'
        : `it ends the connection; where it uses TLS, right would be tls://${target}`,
  },
];

/** A failed call to an agent as an error for the user: what, where, and what would be right. */
export function explainError(error: ServiceError, target: string): CommandError {
  const { code, details } = error;
  const say = (text: string): CommandError => new CommandError(`agent ${target}: ${text}`, { cause: error });
  if (code === status.UNAVAILABLE || code === status.DEADLINE_EXCEEDED) {
    const fault = CONNECTION_FAULTS.find(({ text }) => text.test(details));
    return say(
      fault?.explain(target, details) ?? `does not answer (${reason(details)}); look at the address and the agent`,
    );
  }
  if (code === status.UNAUTHENTICATED) {
    const [what] = details.split(';');
    return say(`refuses the call: ${what}; give --token-file, or tokenFile in the context`);
  }
  if (code === status.PERMISSION_DENIED) return say(`refuses the call: ${details}`);
  if (code === status.UNIMPLEMENTED)
    return say(`does not offer this (${details}); right would be an agent of Qloom, of a current version`);
  return say(details || error.message);
}

/** The cause in a status of grpc-js, which repeats it. */
function reason(details: string): string {
  return /Last error: (?:Error: )?(.*?)(?:\. Resolution note.*)?$/s.exec(details)?.[1] ?? details;
}
