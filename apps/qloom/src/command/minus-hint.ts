import type { Command } from 'commander';
import { shellWord } from './shell-word.ts';

/**
 * Has a command and those below it say how to give an argument that begins with a minus, such as the Hamiltonian `-1*Z0`, where
 * it was taken for an option; and that options stand before `--`.
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
    return `an argument that begins with a minus stands after --: ${command} -- ${shellWord(taken)}`;
  // Commander lists what it got: "… Expected 1 argument but got 3: -1*Z0, --restarts, 1."
  const isAfter = /^error: too many arguments for .*[:,] --?[a-z]/.test(text);
  return isAfter ? 'what follows -- is an argument; options stand before it' : undefined;
}
