import type { BackendLimits, Price } from '../backend/backend.ts';
import type { Options } from './options.ts';

const COST = { minimum: 0, maximum: 1e9 } as const;
const COUNT = { minimum: 1, maximum: 1e12 } as const;

/** The price in the field `price`, whose absent parts are those of `fallback`. */
export function readPrice(options: Options, fallback: Price): Price {
  const fields = options.fields('price');
  if (fields === undefined) return fallback;
  return {
    unit: fields.choice('unit', ['USD', 'seconds', 'credits', 'free'], fallback.unit),
    perJob: fields.number('perJob', COST, fallback.perJob),
    perExecution: fields.number('perExecution', COST, fallback.perExecution),
    perShot: fields.number('perShot', COST, fallback.perShot),
    perSecond: fields.number('perSecond', COST, fallback.perSecond),
  };
}

/** The limits in the field `limits`, whose absent parts are those of `fallback`. */
export function readLimits(options: Options, fallback: BackendLimits): BackendLimits {
  const fields = options.fields('limits');
  if (fields === undefined) return fallback;
  const limit = (name: Exclude<keyof BackendLimits, 'sameShots'>): Partial<BackendLimits> =>
    fields.has(name) || fallback[name] === undefined ? readOptional(fields, name) : { [name]: fallback[name] };
  return {
    ...limit('minShots'),
    ...limit('maxShots'),
    ...limit('maxExecutions'),
    ...limit('maxJobShots'),
    sameShots: fields.boolean('sameShots', fallback.sameShots),
    ...limit('createsPerMinute'),
    ...limit('maxPendingJobs'),
  };
}

function readOptional(fields: Options, name: string): Partial<BackendLimits> {
  // Asked for even where it is absent, so that it is a known field; 0 stands for none.
  const value = fields.integer(name, { minimum: 0, maximum: COUNT.maximum }, 0);
  return value === 0 ? {} : { [name]: value };
}
