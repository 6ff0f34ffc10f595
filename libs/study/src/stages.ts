/** A stage of an episode. It writes the slot of its own name. */
interface Stage {
  readonly name: string;
  /** The service that does its work. */
  readonly service: string;
  /** Stages whose slots it reads. It begins once all of them are written. */
  readonly reads: readonly string[];
}

/**
 * The stages of an episode in an order in which each comes after the ones that it reads. Log, stage workers, agent,
 * telemetry and reports use the names and the graph of this table; the contract (`qloom.episode.v1.Slot`) names the
 * same slots.
 */
export const STAGES = [
  { name: 'propose', service: 'agent', reads: [] },
  { name: 'fit', service: 'generator', reads: ['propose'] },
  { name: 'assess', service: 'discriminator', reads: ['fit'] },
  { name: 'evaluate', service: 'qnn-sim', reads: ['fit'] },
  { name: 'reward', service: 'agent', reads: ['assess', 'evaluate'] },
] as const satisfies readonly Stage[];

type Row = (typeof STAGES)[number];

/** Name of a stage, and of the slot that it writes. */
export type StageName = Row['name'];

/** Stages that read only the slot of `Read`: `StageReading<'propose'>` is `fit`. */
export type StageReading<Read extends StageName> = Extract<Row, { readonly reads: readonly [Read] }>['name'];

/** The stages that read one slot: those of a stage worker. */
export type WorkerStage = Exclude<Row, { readonly service: 'agent' }>['name'];

/** Names of the stages, in the order of {@link STAGES}. */
export const STAGE_NAMES: readonly StageName[] = STAGES.map(({ name }) => name);

/** The stages of stage workers, which services other than the agent run. */
export const WORKER_STAGES: readonly WorkerStage[] = STAGES.flatMap((stage) =>
  stage.service === 'agent' ? [] : [stage.name],
);

/**
 * The terminal stage: once its slot is written the episode has ended, whichever other slots are written. Only the agent
 * writes it.
 */
export const TERMINAL_STAGE = 'reward' as const satisfies StageName;

/** The slots that a stage reads, in the order of {@link STAGES}. */
export function slotsReadBy(name: StageName): readonly StageName[] {
  return (STAGES.find((stage) => stage.name === name) as Row).reads;
}

/** The one slot that the stage of a worker reads. */
export function slotReadBy(name: WorkerStage): StageName {
  return slotsReadBy(name)[0];
}
