/** An instruction of a Dockerfile: `COPY`, `RUN`, …, and what follows it on its line and the lines continued. */
interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** A stage: its base, an image or another stage, and what it does. */
export interface Stage {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile in their order. */
export function parseDockerfile(text: string): Stage[] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name, value] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') {
      const [, base, stage] = /^(\S+)(?: AS (\S+))?$/.exec(value) ?? [];
      stages.push({ name: stage ?? '', base, instructions: [] });
    } else {
      stages.at(-1)?.instructions.push({ name, value });
    }
  }
  return stages;
}

/** The stages that `target` is built from, base first, itself last; copies from other stages are not followed. */
export function chainOf(stages: readonly Stage[], target: string): Stage[] {
  const stage = stages.find(({ name }) => name === target);
  return stage === undefined ? [] : [...chainOf(stages, stage.base), stage];
}
