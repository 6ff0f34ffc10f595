import type { NatsCredentials } from '@qloom/episode-log/nats/nats-credentials.ts';
import { ConfigError, type ConfigTable, type ConfigValues, defineConfig } from './config.ts';
import { fileVariable, HOLDS_CERTIFICATE, HOLDS_PRIVATE_KEY } from './file-variable.ts';

/**
 * Credentials of a process for the NATS server of its event log and artifacts, and the authority it trusts. Not used
 * with other URLs.
 */
export const NATS_CONFIG = defineConfig({
  QLOOM_NATS_USER: {
    type: 'string',
    description: 'User at the NATS server, with QLOOM_NATS_PASSWORD. Not set: the user in the URL, if any.',
  },
  QLOOM_NATS_PASSWORD: { type: 'string', secret: true, description: 'The password of QLOOM_NATS_USER.' },
  QLOOM_NATS_TOKEN: {
    type: 'string',
    secret: true,
    description: 'Token at the NATS server, in place of a user and a password.',
  },
  QLOOM_NATS_CREDENTIALS_FILE: fileVariable(
    "File with a NATS user's JWT and nkey seed, as nsc writes it, in place of a password.",
    'a credentials file',
    /BEGIN NATS USER JWT[\s\S]*BEGIN USER NKEY SEED/,
  ),
  QLOOM_NATS_NKEY_SEED_FILE: fileVariable(
    "File with a NATS user's nkey seed alone, in place of a password.",
    'a file of one line that begins with SU',
    /^\s*SU[A-Z2-7]{56}\s*$/,
  ),
  QLOOM_NATS_CA_FILE: fileVariable(
    "Certificate of the authority that signed the NATS server's: PEM. Not set: those that Node trusts.",
    'a PEM certificate',
    HOLDS_CERTIFICATE,
  ),
  QLOOM_NATS_CERT_FILE: fileVariable(
    "This client's certificate, for mutual TLS with the NATS server, with QLOOM_NATS_KEY_FILE: PEM.",
    'a PEM certificate',
    HOLDS_CERTIFICATE,
  ),
  QLOOM_NATS_KEY_FILE: fileVariable('The key of QLOOM_NATS_CERT_FILE: PEM.', 'a PEM private key', HOLDS_PRIVATE_KEY),
} satisfies ConfigTable);

/**
 * The credentials that the variables of {@link NATS_CONFIG} give. Throws `ConfigError` when one is set without another
 * that it needs, or together with an alternative.
 */
export function natsCredentials(config: ConfigValues<typeof NATS_CONFIG>): NatsCredentials {
  const needs = (name: keyof typeof NATS_CONFIG, other: keyof typeof NATS_CONFIG): string[] =>
    config[name] !== undefined && config[other] === undefined
      ? [`${name}: set without ${other}; set both or neither`]
      : [];
  const ways = (
    ['QLOOM_NATS_USER', 'QLOOM_NATS_TOKEN', 'QLOOM_NATS_CREDENTIALS_FILE', 'QLOOM_NATS_NKEY_SEED_FILE'] as const
  ).filter((name) => config[name] !== undefined);
  const problems = [
    ...needs('QLOOM_NATS_PASSWORD', 'QLOOM_NATS_USER'),
    ...needs('QLOOM_NATS_USER', 'QLOOM_NATS_PASSWORD'),
    ...needs('QLOOM_NATS_CERT_FILE', 'QLOOM_NATS_KEY_FILE'),
    ...needs('QLOOM_NATS_KEY_FILE', 'QLOOM_NATS_CERT_FILE'),
    ...(ways.length > 1 ? [`${ways.join(' and ')} are set; right would be one of them`] : []),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    user: config.QLOOM_NATS_USER,
    password: config.QLOOM_NATS_PASSWORD,
    token: config.QLOOM_NATS_TOKEN,
    credentialsFile: config.QLOOM_NATS_CREDENTIALS_FILE,
    nkeySeedFile: config.QLOOM_NATS_NKEY_SEED_FILE,
    caFile: config.QLOOM_NATS_CA_FILE,
    certFile: config.QLOOM_NATS_CERT_FILE,
    keyFile: config.QLOOM_NATS_KEY_FILE,
  };
}
