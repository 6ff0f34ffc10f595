import type { SchemaNode } from './study-schema.ts';

/** The JSON Schema of compare files, from that of study files: what a study may say, a cell and the defaults may say. */
export function compareSchema(study: { readonly properties: Readonly<Record<string, SchemaNode>> }): object {
  const { name, seed, services, data, reward, ...rest } = study.properties as Record<string, Section>;
  const { required: _required, ...dataOfCells } = data;
  const { labels, ...source } = data.properties;
  // Conditions between fields hold for a whole cell: they are checked when the defaults are merged in.
  const { if: _if, then: _then, ...rewardOfCells } = reward;
  const { default: _default, ...seedOfCells } = seed;
  const cell = {
    seed: {
      ...seedOfCells,
      description: 'Seed of the study. Default: derived from the seed of the compare and the name of the cell.',
    },
    ...rest,
    data: { ...dataOfCells, properties: source },
    reward: rewardOfCells,
  };
  const section = (description: string, properties: object) => ({
    description,
    type: 'object',
    additionalProperties: false,
    properties,
  });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Qloom compare',
    description: 'Studies of several tasks and numbers of labels, compared. Used by `qloom compare <compare.yaml>`.',
    type: 'object',
    required: ['cells'],
    additionalProperties: false,
    properties: {
      name: { ...name, description: 'Name of the compare and of its run folder. Default: the name of the file.' },
      seed: { ...seed, description: 'Seed from which the seed of each cell is derived, with the name of the cell.' },
      defaults: section(
        'What every cell has unless it says otherwise: all fields of a study file but name and services.',
        cell,
      ),
      cells: {
        description:
          'Tasks or CSVs, each at one number of labels or several. Each number, and each seed, is one study.',
        type: 'array',
        minItems: 1,
        items: section(
          'Fields of a study file, which replace those of the defaults; sections are merged field by field.',
          {
            name: { ...name, description: 'Name of its studies. Default: that of the task, or of the CSV.' },
            labels: {
              description: 'Numbers of labels, one study each. Left out: a CSV is used whole.',
              type: 'array',
              minItems: 1,
              uniqueItems: true,
              items: { ...labels, description: 'Number of labels.' },
            },
            seeds: {
              description:
                'Seeds, one study each. Default: one, derived from the seed of the compare and the name of the cell.',
              type: 'array',
              minItems: 1,
              uniqueItems: true,
              items: { ...seed, description: 'Seed of a study.' },
            },
            ...cell,
          },
        ),
      },
      services,
    },
  };
}

interface Section extends SchemaNode {
  readonly properties: Record<string, SchemaNode>;
  readonly required?: readonly string[];
  readonly if?: unknown;
  readonly then?: unknown;
}
