import picocolors from 'picocolors';

/** Colours of the terminal, or none. */
export type Style = ReturnType<typeof picocolors.createColors>;

/** What is asked before colour is used. */
interface ColourEnvironment {
  readonly isTTY: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Whether to use colour: on a terminal only, never with NO_COLOR (no-color.org) or TERM=dumb, always with FORCE_COLOR. */
function wantsColour({ isTTY, env }: ColourEnvironment): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0') return true;
  return isTTY === true && env['TERM'] !== 'dumb';
}

/** The style of a stream. */
export function styleOf(stream: { readonly isTTY?: boolean }, env = process.env): Style {
  return picocolors.createColors(wantsColour({ isTTY: stream.isTTY, env }));
}
