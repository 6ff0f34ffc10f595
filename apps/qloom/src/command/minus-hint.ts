import type { Command } from 'commander';
import { shellWord } from './shell-word.ts';

/**
 * Adds hints to a command and its subcommands: how to give an argument that begins with a minus, such as the
 * Hamiltonian `-1*Z0`, where it was taken for an option; and that options go before `--`.
 */
export function addMinusHint(command: Command, path: readonly string[] = [command.name()]): void {
  for (const below of command.commands) addMinusHint(below, [...path, below.name()]);
  if (command.registeredArguments.length === 0) return;
  command.configureOutput({
    outputError(text, write) {
      write(text);
      const hint = hintFor(text, path.join(' '));
      if (hint !== undefined) write(`(${hint})\n`);
    },
  });
}

function hintFor(text: string, command: string): string | undefined {
  const taken = /^error: unknown option '(-[^-].*)'/.exec(text)?.[1];
  if (taken !== undefined)
    return `an argument that begins with a minus must follow --: ${command} -- ${shellWord(taken)}`;
  // Commander lists what it got: "… Expected 1 argument but got 3: -1*Z0, --restarts, 1."
  const isAfter = /^error: too many arguments for .*[:,] --?[a-z]/.test(text);
  return isAfter ? 'everything after -- is an argument; options go before it' : undefined;
}
