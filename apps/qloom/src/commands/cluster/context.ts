import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../command/errors.ts';
import { addConnectionOptions } from '../../context/agent-options.ts';
import type { AgentFlags } from '../../context/choose-agent.ts';
import { type Context, contextNamed, readContexts, writeContexts } from '../../context/contexts-file.ts';
import { checkContext, isContextName } from '../../context/new-context.ts';
import { styleOf } from '../../terminal/style.ts';
import { renderTable } from '../../terminal/table.ts';

const HELP = `
A context says how an agent is reached: its address, the files for TLS, the file of the token, and the URL of the traces. They are
kept in ~/.config/qloom/contexts.yaml (XDG_CONFIG_HOME; QLOOM_CONTEXTS names another file). Tokens stay in their own files.

Examples:
  $ qloom context add trial --agent 127.0.0.1:50054 --traces http://127.0.0.1:16686
  $ qloom context add prod --agent tls://qloom.example:443 --tls-ca ca.pem --token-file token
  $ qloom context use prod
  $ qloom list --context trial`;

type AddFlags = AgentFlags & { readonly use?: boolean };

/** `qloom context`. */
export function addContextCommand(program: Command): void {
  const context = program
    .command('context')
    .description('the clusters that commands use: add, use, list, show, remove, current')
    .addHelpText('after', HELP);
  const env = process.env;

  addConnectionOptions(context.command('add').description('add a context').argument('<name>', 'its name'))
    .option('--traces <url>', "base URL of Jaeger's query API, for trace, stages and fetch")
    .option('--use', 'make it the current one')
    .action((name: string, flags: AddFlags) => {
      const known = readContexts(env);
      if (!isContextName(name))
        throw new UsageError(`${JSON.stringify(name)} is no name; right would be a-z, 0-9, "-", "." and "_"`);
      if (Object.hasOwn(known.contexts, name)) {
        throw new UsageError(
          `${known.path}: there is a context ${name} already; remove it first: qloom context remove ${name}`,
        );
      }
      const isCurrent = flags.use === true || known.current === undefined;
      const contexts = { ...known.contexts, [name]: checkContext(contextFrom(flags)) };
      writeContexts({ path: known.path, current: isCurrent ? name : known.current, contexts });
      process.stderr.write(`Added ${name} to ${known.path}${isCurrent ? '; it is the current context' : ''}.\n`);
    });
  context
    .command('use')
    .description('make a context the current one')
    .argument('<name>', 'its name')
    .action((name: string) => {
      const known = readContexts(env);
      contextNamed(known, name);
      writeContexts({ ...known, current: name });
      process.stderr.write(`The current context is ${name}.\n`);
    });
  context
    .command('list')
    .description('list the contexts; * is the current one')
    .option('--json', 'print them as JSON')
    .action((flags: { readonly json?: boolean }) => {
      const { path, current, contexts } = readContexts(env);
      if (flags.json) process.stdout.write(`${JSON.stringify({ current, contexts }, null, 2)}\n`);
      else if (Object.keys(contexts).length === 0) process.stderr.write(`${path} has no context.\n`);
      else process.stdout.write(tableOf(contexts, current));
    });
  context
    .command('show')
    .description('print a context')
    .argument('[name]', 'its name (default: the current one)')
    .action((name: string | undefined) => {
      const known = readContexts(env);
      const shown = contextNamed(known, name ?? currentOf(known));
      process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    });
  context
    .command('remove')
    .description('remove a context')
    .argument('<name>', 'its name')
    .action((name: string) => {
      const known = readContexts(env);
      contextNamed(known, name);
      const { [name]: _removed, ...contexts } = known.contexts;
      writeContexts({ path: known.path, current: known.current === name ? undefined : known.current, contexts });
      process.stderr.write(`Removed ${name}${known.current === name ? '; there is no current context now' : ''}.\n`);
    });
  context
    .command('current')
    .description('print the name of the current context')
    .action(() => void process.stdout.write(`${currentOf(readContexts(env))}\n`));
}

function currentOf({ path, current }: ReturnType<typeof readContexts>): string {
  if (current !== undefined) return current;
  throw new UsageError(`${path}: there is no current context; choose one with qloom context use NAME`);
}

function contextFrom({ agent, tlsCa, tlsCert, tlsKey, tlsServerName, tokenFile, traces }: AddFlags): Context {
  if (agent === undefined) throw new UsageError('--agent: is missing; right would be host:port or tls://host:port');
  const absolute = (path: string | undefined): string | undefined => path && resolve(path);
  const tls = { ca: absolute(tlsCa), cert: absolute(tlsCert), key: absolute(tlsKey), serverName: tlsServerName };
  const isPlain = Object.values(tls).every((value) => value === undefined);
  return { agent, ...(isPlain ? {} : { tls }), tokenFile: absolute(tokenFile), traces };
}

function tableOf(contexts: Readonly<Record<string, Context>>, current: string | undefined): string {
  const rows = Object.entries(contexts).map(([name, { agent, tls, tokenFile, traces }]) => [
    name === current ? '*' : '',
    name,
    agent,
    tls !== undefined || agent.startsWith('tls://') ? 'yes' : '',
    tokenFile === undefined ? '' : 'yes',
    traces ?? '',
  ]);
  const columns = ['', 'context', 'agent', 'TLS', 'token', 'traces'].map((title) => ({ title }));
  return renderTable(columns, rows, { header: styleOf(process.stdout).dim });
}
