import type { Command } from 'commander';

/** Help on which agent is used, for the commands that use one. */
export const AGENT_HELP = `
The agent is, by the first that is given: --agent, --context, QLOOM_AGENT_TARGET, QLOOM_CONTEXT, the current context
(qloom context). With an address, QLOOM_TLS_CA_FILE, QLOOM_TLS_CERT_FILE, QLOOM_TLS_KEY_FILE and QLOOM_TOKEN_FILE hold
unless the options of the same kind are given. tls://host:port uses TLS, as does host:port with an option --tls-….`;

/** Adds the options that say which agent a command uses. */
export function addAgentOptions(command: Command): Command {
  return addConnectionOptions(command.option('--context <name>', 'the context to use'));
}

/** Adds the options that describe an agent. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option('--agent <address>', 'address of the agent: host:port or tls://host:port')
    .option('--tls-ca <file>', "certificate of the authority of the agent's: PEM")
    .option('--tls-cert <file>', 'certificate of this client, where the agent demands one: PEM')
    .option('--tls-key <file>', 'key of --tls-cert: PEM')
    .option('--tls-server-name <name>', "name in the agent's certificate, where it is not the host of its address")
    .option('--token-file <file>', 'file with the token for the agent');
}
