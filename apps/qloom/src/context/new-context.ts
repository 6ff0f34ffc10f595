import { existsSync } from 'node:fs';
import { targetProblem } from '@qloom/service-kit/client/target-problem.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { UsageError } from '../command/errors.ts';
import type { Context } from './contexts-file.ts';

/** Whether a name can be that of a context: it is a key of the file and an argument of commands. */
export const isContextName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name);

/** A context that is about to be added. Throws `UsageError` with everything that is wrong. */
export function checkContext(context: Context): Context {
  const { agent, tls = {}, tokenFile, traces } = context;
  const problem = targetProblem(agent);
  const files = [
    ['--tls-ca', tls.ca],
    ['--tls-cert', tls.cert],
    ['--tls-key', tls.key],
    ['--token-file', tokenFile],
  ] as const;
  const problems = [
    ...(problem === undefined ? [] : [`--agent: ${quoted(agent)} ${problem}`]),
    ...files.flatMap(([option, path]) =>
      path === undefined || existsSync(path) ? [] : [`${option}: ${path}: no such file`],
    ),
    ...((tls.cert === undefined) === (tls.key === undefined)
      ? []
      : ['--tls-cert and --tls-key: one is given without the other; right would be both or neither']),
    ...(traces === undefined || /^https?:\/\/[^/]/.test(traces)
      ? []
      : [`--traces: ${quoted(traces)} is no URL of HTTP; right would be such as http://127.0.0.1:16686`]),
  ];
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return context;
}
