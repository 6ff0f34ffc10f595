import type { CompleteLogOptions } from '../log-options.ts';
import type { ProcessIdentity } from '../process-identity.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { News } from './sqlite-news.ts';

/** Dependencies of a consumption. */
export interface ConsumeContext {
  readonly database: SqliteDatabase;
  readonly news: News;
  readonly options: CompleteLogOptions;
  readonly self: ProcessIdentity;
  readonly owner: string;
  readonly now: () => number;
}
