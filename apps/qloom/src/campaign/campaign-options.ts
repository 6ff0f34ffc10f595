import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { addAgentOptions } from '../context/agent-options.ts';

/** Help on where a campaign is, for the commands that use one. */
export const CAMPAIGN_HELP = `
A campaign is in a folder of this machine, in which an agent is started for the time of each command, or with the agent that --agent or
--context names.`;

/** Adds the options that say where a campaign is. */
export function addCampaignOptions(command: Command): Command {
  return addAgentOptions(command).option('--out <folder>', 'folder of run folders', 'qloom-runs');
}

/** The name of the user of this machine. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

/** A parser of lists, `a,b`, for options that may be repeated. */
export function list(value: string, before: readonly string[]): string[] {
  return [...before, ...value.split(',').map((part) => part.trim())].filter((part) => part !== '');
}
