import type { Targets } from './targets.ts';

/**
 * A study file after its check against `schema/study.schema.json`. Absent fields take the defaults that the agent
 * documents in `qloom/agent/v1/agent.proto`.
 */
export interface StudyFile {
  /** Name of the study and of its run folder, `[a-z0-9-]{1,63}`; default: the name of the file. */
  readonly name?: string;
  /** Seed of everything random, 0 … 2³²−1. Default 1. */
  readonly seed?: number;
  readonly data: DataSection;
  readonly qnn?: QnnSection;
  readonly folds?: number;
  readonly qnnSeeds?: number;
  /** 0: no search. */
  readonly episodes?: number;
  readonly sobol?: number;
  readonly batch?: number;
  readonly staleness?: number;
  /** Default: auto, as many as the replicas can work on. */
  readonly inFlight?: number | 'auto';
  readonly policy?: string;
  /**
   * Hyperparameter → a value (fixes it), a list (narrows choices) or {min, max} (narrows a range). With a "?" at its end: as far as
   * the services offer it.
   */
  readonly space?: Readonly<Record<string, SpaceEntry>>;
  readonly reward?: { readonly form?: string; readonly weights?: readonly number[] };
  readonly evaluation?: {
    readonly draws?: number;
    readonly rivals?: readonly string[];
    readonly rivalEvaluations?: number;
    readonly choice?: string;
    /** Whether the agent also chooses the method, for an arm of its own. Default false. */
    readonly portfolio?: boolean;
  };
  /** Measures how many training steps pre-training on synthetic points saves. */
  readonly pretrain?: {
    readonly steps?: number;
    readonly finetune?: number;
    readonly target: number;
    readonly hold?: number;
  };
  /** Unit: seconds. */
  readonly episodeDeadline?: number;
  /** Addresses of custom services, by service: `unix:/path` or `host:port`. */
  readonly services?: Targets;
}

/** The data of a study: `task` or `csv`, never both. */
export interface DataSection {
  readonly task?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Path of a CSV, relative to the study file. */
  readonly csv?: string;
  /** Column of the label: its name, or its position from 0 (negative: from the end). Default: the last one. */
  readonly label?: string | number;
  /** Column of the group, likewise. */
  readonly group?: string | number;
  /** Whether the first line names the columns. Default: detected. */
  readonly header?: boolean;
  /** The features, by name or position. Default: all columns but label, group and those left out. */
  readonly features?: readonly (string | number)[];
  /** Columns to leave out, by name or position. */
  readonly ignore?: readonly (string | number)[];
  /** Character between fields. Default: detected. */
  readonly separator?: string;
  /** Decimal mark. Default a point. */
  readonly decimal?: '.' | ',';
  /** How rows with the same features are treated. Default: `together`, with a warning. */
  readonly duplicates?: 'together' | 'drop' | 'independent';
  /** Leaves out features that do not vary instead of refusing the file. */
  readonly dropConstant?: boolean;
  /** Number of all labels that the study may use. */
  readonly labels?: number;
  /** Points of the test set. */
  readonly test?: number;
  /** Path of a CSV with the test points, relative to the study file. Default: they are split from `csv`. */
  readonly testCsv?: string;
  /** Points without labels: how many the task draws, or the path of a CSV with the features of the data. */
  readonly unlabelled?: number | string;
  /** Points of a cheaper relative: other settings of the task and their number, or the path of a labelled CSV. */
  readonly simulator?: string | { readonly settings?: Readonly<Record<string, unknown>>; readonly points?: number };
}

/** An option of an encoding or an ansatz, as YAML has it. */
type OptionEntry = number | boolean | string | readonly string[];

/** The QNN that judges utility. */
export interface QnnSection {
  readonly qubits?: number;
  readonly layers?: number;
  readonly encoding?: string;
  readonly ansatz?: string;
  readonly options?: {
    readonly encoding?: Readonly<Record<string, OptionEntry>>;
    readonly ansatz?: Readonly<Record<string, OptionEntry>>;
  };
  /** Path of an OpenQASM program, relative to the study file. */
  readonly circuit?: string;
  readonly observables?: readonly string[];
  readonly shots?: number;
  readonly noise?: {
    readonly depolarizing?: number;
    readonly amplitudeDamping?: number;
    readonly readoutError?: number;
    readonly trajectories?: number;
  };
  readonly gradient?: string;
  readonly precision?: string;
  readonly loss?: string;
  readonly steps?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly engine?: string;
}

/** A study's restriction of one hyperparameter. */
export type SpaceEntry =
  | string
  | number
  | readonly (string | number)[]
  | { readonly min?: number; readonly max?: number };
