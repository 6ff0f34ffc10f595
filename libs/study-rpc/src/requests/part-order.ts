import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';

/**
 * How often a part comes in a stream of requests:
 * - `once`: exactly one message
 * - `some`: one message or more
 * - `any`: may be absent
 */
type Occurrence = 'once' | 'some' | 'any';

/** A part of a stream of requests, as the contract's `oneof`. */
export interface RequestPart {
  readonly $case: string;
  readonly value: unknown;
}

type ValueOf<Part extends RequestPart, Case> = Extract<Part, { readonly $case: Case }>['value'];

/** The parts of a stream of requests, in the order of the contract. */
export type PartOrder<Part extends RequestPart> = readonly (readonly [Part['$case'], Occurrence])[];

/** Callbacks for the values of parts as they arrive. */
export type PartTakers<Part extends RequestPart> = {
  readonly [Case in Part['$case']]?: (value: ValueOf<Part, Case>) => void;
};

/** Values of the parts that come once, by name. */
export type OnceParts<Part extends RequestPart, Order extends PartOrder<Part>> = {
  readonly [Row in Order[number] as Row extends readonly [infer Case extends string, 'once'] ? Case : never]: ValueOf<
    Part,
    Row[0]
  >;
};

/**
 * Reads the parts of a stream of requests and returns the values of those that come once; `take` gets the other values
 * as they arrive. With `until` the reading ends after that part, and later messages stay in the stream; without it,
 * when the client half-closes.
 *
 * Rejects with ValidationError, which maps to INVALID_ARGUMENT, for a part that is out of order, missing or not set,
 * with the errors of `take`, and with the stream's error.
 *
 * @example const ORDER = [['settings', 'once'], ['training', 'some'], ['resume', 'any']] as const; const { settings } = await
 * readParts(requests, ORDER, { training: training.add, resume: resume.add });
 */
export async function readParts<Part extends RequestPart, const Order extends PartOrder<Part>>(
  requests: MessageReader<{ readonly part?: Part | undefined }>,
  order: Order,
  take: PartTakers<Part>,
  until?: Part['$case'],
): Promise<OnceParts<Part, Order>> {
  const right = orderText(order);
  const once: Record<string, unknown> = {};
  let at = 0;
  let came = 0;
  /** Advances to `place` in the order; throws if a part in between is missing. */
  const goTo = (place: number, before: string): void => {
    for (; at < place; at++, came = 0) {
      const [$case, occurrence] = order[at];
      if (came === 0 && occurrence !== 'any') refusePart($case, `did not come${before}`, right);
    }
  };
  for (let request = await requests.receive(); request !== undefined; request = await requests.receive()) {
    const { part } = request;
    if (part === undefined) return refusePart('part', 'is not set', right);
    const $case: Part['$case'] = part.$case;
    const place = order.findIndex(([name]) => name === $case);
    const again = place === at && came > 0 && order[at][1] === 'once';
    if (place < at || again) return refusePart($case, 'is out of order', right);
    goTo(place, ` before ${fieldName($case)}`);
    came++;
    if (order[place][1] === 'once') once[$case] = part.value;
    (take[$case] as ((value: unknown) => void) | undefined)?.(part.value);
    if ($case === until) break;
  }
  goTo(order.length, '');
  return once as OnceParts<Part, Order>;
}

/** Throws ValidationError for a part of a stream: what is wrong with it, and which parts would be right. */
export function refusePart($case: string, problem: string, right: string): never {
  throw new ValidationError([{ field: fieldName($case), description: `${problem}; right would be ${right}` }]);
}

function orderText(order: readonly (readonly [string, Occurrence])[]): string {
  return order
    .map(([name, occurrence]) => `${fieldName(name)}${occurrence === 'any' ? ' (may be absent)' : ''}`)
    .join(', ');
}

/** The name of a part in the contract: `held_out` for `heldOut`. */
function fieldName($case: string): string {
  return $case.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
