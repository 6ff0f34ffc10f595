import { status } from '@grpc/grpc-js';
import type { Capabilities } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { BidiCall } from '@qloom/service-kit/client/calls.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { type Check, CheckSkipped, listChecks } from '../check.ts';
import { mustRefuse } from './refusals.ts';
import { byteShort, labelOutOfRange, pointsMessage, smallPoints } from './small-points.ts';

/** A part of a stream of requests. */
interface StreamPart {
  readonly $case: string;
  readonly value: unknown;
}

/** A part of a stream, and its possible faults. */
interface PartRow {
  /** Whether the part may be absent. */
  readonly optional?: boolean;
  /** Whether the part comes in one message only. */
  readonly once?: boolean;
  /** Whether the part has points. */
  readonly points?: boolean;
  /** The limit of the number of points in the part, by its name in the capabilities. */
  readonly limit?: string;
}

/** A call whose requests are a stream of parts in an order. */
export interface StreamCall<Part extends StreamPart> {
  /** The call in checks, with its article: `a fit`. */
  readonly name: string;
  /** Where the contract specifies it. */
  readonly source: string;
  /** The parts, in the order of the contract. */
  readonly order: Readonly<Partial<Record<Part['$case'], PartRow>>>;
  /** A stream that the call accepts, with each part of `order`. Skips the check if the call is not offered. */
  parts(): Promise<readonly Part[]>;
  capabilities(): Promise<Capabilities>;
  /** Sends messages, half-closes, and reads the answer to its end; undefined is a message whose part is not set. */
  ask(parts: readonly (Part | undefined)[]): Promise<unknown>;
}

/** Faults of points. */
const WRONG_POINTS: readonly (readonly [string, LabelledPoints])[] = [
  ['whose byte length is not that of their shape', byteShort(smallPoints(24))],
  ['with a label out of range', labelOutOfRange(smallPoints(24))],
  ['with a NaN', pointsMessage({ ...smallPoints(24), x: smallPoints(24).x.with(5, Number.NaN) })],
  ['with fewer labels than rows', { ...pointsMessage(smallPoints(24)), y: encodeTensor(new Int32Array(23)) }],
  ['without x', { ...pointsMessage(smallPoints(24)), x: undefined }],
  ['of no classes', { ...pointsMessage(smallPoints(24)), classes: 0 }],
];

/** Maximum number of rows of a single feature in one message, which has at most 1 MiB. */
const MOST_ROWS = 262_144;

/** How every call with a stream of parts answers a stream that is wrong: INVALID_ARGUMENT. One list for all services. */
export function streamRefusals<Part extends StreamPart>(call: StreamCall<Part>): readonly Check[] {
  const list = listChecks(`${call.source}; episode/v1/capabilities.proto: statuses`);
  const rows = Object.entries<PartRow | undefined>(call.order).map(([$case, row]) => ({
    $case,
    /** The part's name in the contract. */
    field: $case.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    ...row,
  }));
  type Parts = readonly Part[];
  /** A refusal of the stream that `change` makes of an accepted one. */
  const refuse = (what: string, change: (parts: Parts) => readonly (Part | undefined)[]) =>
    list.refusal(`${call.name} ${what} is INVALID_ARGUMENT`, async () =>
      mustRefuse(call.ask(change(await call.parts())), status.INVALID_ARGUMENT),
    );
  const of = (parts: Parts, $case: string): Parts => parts.filter((part) => part.$case === $case);
  const without = (parts: Parts, $case: string): Parts => parts.filter((part) => part.$case !== $case);
  /** The stream with other points in one of its parts. */
  const withPoints = (parts: Parts, $case: string, value: LabelledPoints): Parts =>
    parts.map((part) => (part.$case === $case ? ({ $case, value } as unknown as Part) : part));

  refuse('of an empty stream', () => []);
  refuse('with a part that is not set', (parts) => [undefined, ...parts]);
  const first = rows.find(({ points }) => points);
  if (first !== undefined) {
    list.refusal(`${call.name} with more features than the limit "features" is INVALID_ARGUMENT`, async () => {
      const parts = await call.parts();
      const most = (await call.capabilities()).limits.find(({ name }) => name === 'features')?.maximum;
      if (most === undefined) throw new CheckSkipped('the service advertises no limit "features"');
      if (3 * most >= MOST_ROWS) throw new CheckSkipped(`points of ${most} features do not fit into one message`);
      const wide = widePoints(most + 1);
      const changed = rows.reduce((all, row) => (row.points ? withPoints(all, row.$case, wide) : all), parts);
      await mustRefuse(call.ask(changed), status.INVALID_ARGUMENT);
    });
  }
  for (const [i, { $case, field, optional, once, points, limit }] of rows.entries()) {
    if (!optional) refuse(`without ${field}`, (parts) => without(parts, $case));
    if (once) refuse(`with ${field} twice`, (parts) => [...of(parts, $case), ...parts]);
    const following = rows[i + 1];
    if (following !== undefined) {
      const next = following.$case;
      refuse(`with ${following.field} before ${field}`, (parts) =>
        parts.flatMap((part) =>
          part.$case === $case ? [...of(parts, next), part] : part.$case === next ? [] : [part],
        ),
      );
    }
    for (const [what, wrong] of points ? WRONG_POINTS : []) {
      refuse(`with ${field} points ${what}`, (parts) => withPoints(parts, $case, wrong));
    }
    if (limit === undefined) continue;
    list.refusal(`${call.name} with more ${field} points than the limit "${limit}" is INVALID_ARGUMENT`, async () => {
      const parts = await call.parts();
      const most = (await call.capabilities()).limits.find(({ name }) => name === limit)?.maximum;
      if (most === undefined) throw new CheckSkipped(`the service advertises no limit "${limit}"`);
      if (most >= MOST_ROWS) throw new CheckSkipped(`${most} points do not fit into one message`);
      await mustRefuse(call.ask(withPoints(parts, $case, narrowPoints(most + 1))), status.INVALID_ARGUMENT);
    });
  }
  return list.checks;
}

/** Points with a single feature, so that many fit into a message. */
function narrowPoints(count: number): LabelledPoints {
  const y = Int32Array.from({ length: count }, (_, i) => i % 3);
  return pointsMessage({ count, features: 1, classes: 3, x: Float32Array.from(y), y });
}

/** Three points with many features. */
function widePoints(features: number): LabelledPoints {
  return pointsMessage({
    count: 3,
    features,
    classes: 3,
    x: new Float32Array(3 * features).map((_, i) => i % 7),
    y: Int32Array.of(0, 1, 2),
  });
}

/** Sends parts in a bidirectional call, half-closes, and reads the answer to its end. Rejects with the call's status. */
export async function askToTheEnd<Part>(
  call: BidiCall<{ part?: Part | undefined }, unknown>,
  parts: readonly (Part | undefined)[],
): Promise<void> {
  const sent = call.sendAll(parts.map((part) => ({ part }))).then(() => call.closeSend());
  // If sending fails because the call has ended, the reader below throws the call's status.
  sent.catch(() => undefined);
  for await (const _ of call);
}
