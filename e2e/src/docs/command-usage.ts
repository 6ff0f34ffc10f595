import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Scripts of package.json whose options their help lists. */
const WITH_HELP = new Set(['bench', 'conformance', 'test:seeds']);
/** Folders of the repository that commands name. */
const FOLDERS = /^(apps|bench|conformance|deploy|docs|e2e|examples|libs|proto|scripts|services)\/[^*{]*$/;

/**
 * Returns what is wrong with a command of ours, according to its help and without running it; undefined if nothing is.
 */
export type UsageCheck = (words: readonly string[], from?: string) => Promise<string | undefined>;

/**
 * Knows the commands of the repository at `root`: subcommands and options of `qloom`, scripts of npm with the options
 * of those that have a help, and files that a command names, relative to `root` or to `from`. Other programs are
 * ignored.
 */
export function createUsageCheck(root: string): UsageCheck {
  const known = new Map<string, Promise<string>>();
  const help = (file: string, ...args: string[]): Promise<string> => {
    const key = [file, ...args].join(' ');
    const found =
      known.get(key) ?? execute(process.execPath, [join(root, file), ...args, '--help']).then((o) => o.stdout);
    known.set(key, found);
    return found;
  };
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };

  const checkQloom = async (args: readonly string[]): Promise<string | undefined> => {
    const path: string[] = [];
    let text = await help('apps/qloom/bin/qloom.mjs');
    for (const word of args) {
      const section = text.match(/^Commands:\n((?: .*\n?)*)/m)?.[1] ?? '';
      const commands = [...section.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1]);
      if (commands.length === 0 || word.startsWith('-')) break;
      if (!commands.includes(word)) {
        return path.length > 0 ? undefined : `qloom has no command "${word}"; it has ${commands.join(', ')}`;
      }
      path.push(word);
      text = await help('apps/qloom/bin/qloom.mjs', ...path);
    }
    return unknownOption(['qloom', ...path].join(' '), args, text);
  };

  const checkScript = async (name: string, args: readonly string[]): Promise<string | undefined> => {
    const script = scripts[name];
    if (script === undefined) return `package.json has no script "${name}"; it has ${Object.keys(scripts).join(', ')}`;
    if (!WITH_HELP.has(name)) return undefined;
    return unknownOption(`npm run ${name}`, args, await help(script.replace(/^node /, '')));
  };

  return async (words, from = '.') => {
    const missing = words.find(
      (word) => FOLDERS.test(word) && ![root, join(root, from)].some((at) => existsSync(join(at, word))),
    );
    if (missing !== undefined) return `${missing} is not there`;
    const [program, first, ...rest] = words[0] === 'npx' ? words.slice(1) : words;
    if (program === 'qloom') return first === undefined ? undefined : checkQloom([first, ...rest]);
    if (program === 'npm' && (first === 'start' || first === 'test')) return checkScript(first, []);
    if (program === 'npm' && first === 'run' && rest.length > 0) {
      return checkScript(rest[0], rest[1] === '--' ? rest.slice(2) : rest.slice(1));
    }
    return undefined;
  };
}

function unknownOption(command: string, args: readonly string[], help: string): string | undefined {
  const end = args.indexOf('--');
  for (const arg of end < 0 ? args : args.slice(0, end)) {
    const option = arg.match(/^--?[a-zA-Z][\w-]*/)?.[0];
    if (option !== undefined && !new RegExp(`(^|[\\s,[|])${option}(?![\\w-])`, 'm').test(help)) {
      return `${command} has no option ${option}`;
    }
  }
  return undefined;
}
