import { type ServiceError, status } from '@grpc/grpc-js';
import { type Check, listChecks, must, sharedAnswer } from '../check.ts';

/** A change of a request, and what it changes, as a noun phrase. */
export interface ChangeRow<Change> {
  readonly what: string;
  readonly change: Change;
  /** The request that `change` is compared with. Default: the unchanged one. */
  readonly from?: Change;
}

/** A call whose answer is a function of its request, and the requests that show it. */
export interface RepeatedCall<Change> {
  /** The call with its article: `a fit`. */
  readonly name: string;
  /** What is compared: `model`. */
  readonly answer: string;
  /** Its place in the contract. */
  readonly source: string;
  /** The request without a change. */
  readonly unchanged: Change;
  /** Makes the request with a change, to the first or the second instance. Returns what is compared, as text. */
  ask(change: Change, instance: 'first' | 'second'): Promise<string>;
  /** Changes that must not change the answer. */
  readonly same: readonly ChangeRow<Change>[];
  /** Changes that must change it. */
  readonly different: readonly ChangeRow<Change>[];
  /** Other accepted requests: what a process does before, after and at the same time. */
  readonly others: readonly Change[];
  /** Requests that are refused or cancelled, made before the request is repeated. */
  mistakes?(): Promise<unknown>;
  /** Number of repetitions after which the answer must still be the same. Default: none. */
  readonly repetitions?: number;
}

const INDEPENDENT = 'the same: a response depends on its request alone';

/** Checks that the answer of a call depends on its request, and on nothing else. One list for all services. */
export function repeatedCallChecks<Change>(call: RepeatedCall<Change>): readonly Check[] {
  const { name, answer, unchanged, others } = call;
  const list = listChecks(`${call.source}; episode/v1/capabilities.proto: calls are independent`);
  const ask = (change: Change) => call.ask(change, 'first');
  const reference = sharedAnswer(`the ${answer} of ${name}`, () => ask(unchanged));
  /** The answers to `others`, made one after the other. */
  const alone = sharedAnswer(`the answers to other requests than ${name}`, async () => {
    const answers: string[] = [];
    for (const other of others) answers.push(await ask(other));
    return answers;
  });
  const requireReference = async (given: string, when: string) => {
    must(given === (await reference()), `${when}, the ${answer} is another one`, INDEPENDENT);
  };

  for (const { what, change, from = unchanged } of call.same) {
    list.promise(`${name} does not depend on ${what}`, async () => {
      const expected = from === unchanged ? await reference() : await ask(from);
      must((await ask(change)) === expected, `with ${what} changed, the ${answer} is another one`, 'the same');
    });
  }
  for (const { what, change, from = unchanged } of call.different) {
    list.promise(`${name} depends on ${what}`, async () => {
      const expected = from === unchanged ? await reference() : await ask(from);
      must((await ask(change)) !== expected, `with ${what} changed, the ${answer} is the same`, 'another one');
    });
  }

  list.promise(`${name} does not depend on earlier calls`, async () => {
    const answers = await alone();
    await requireReference(await ask(unchanged), `after ${others.length} other requests`);
    for (const [i, other] of [...others.entries()].reverse()) {
      must(
        (await ask(other)) === answers[i],
        `in another order, the ${answer} of request ${i + 1} is another one`,
        INDEPENDENT,
      );
    }
  });

  list.promise(`${name} does not depend on calls that run at the same time`, async () => {
    const expected = [await reference(), ...(await alone())];
    const given = await atTheSameTime([unchanged, ...others], ask);
    for (const [i, one] of given.entries()) {
      must(
        one === expected[i],
        `among ${given.length} at the same time, the ${answer} of request ${i} is another one`,
        INDEPENDENT,
      );
    }
  });

  const { repetitions, mistakes } = call;
  if (mistakes !== undefined) {
    list.refusal(`${name} does not depend on requests that were refused before`, async () => {
      await reference();
      await mistakes();
      await requireReference(await ask(unchanged), 'after requests that were refused');
    });
  }
  if (repetitions !== undefined) {
    list.promise(`${name} gives the same after ${repetitions} more`, async () => {
      await reference();
      for (let i = 0; i < repetitions; i++) {
        await requireReference(await ask(unchanged), `the ${i + 2}${ordinal(i + 2)} time`);
        if (i % 10 === 0 && others.length > 0) await ask(others[(i / 10) % others.length]);
      }
    });
  }

  list.promise(`${name} at a second instance gives the same ${answer}`, async () => {
    await requireReference(await call.ask(unchanged, 'second'), 'at the second instance');
  });
  return list.checks;
}

/** Makes requests at the same time; those that a limit on concurrent work refuses are repeated afterwards. */
async function atTheSameTime<Change>(
  changes: readonly Change[],
  ask: (change: Change) => Promise<string>,
): Promise<readonly string[]> {
  const first = await Promise.allSettled(changes.map(ask));
  const answers: string[] = [];
  for (const [i, result] of first.entries()) {
    if (result.status === 'fulfilled') answers.push(result.value);
    else if (BUSY.includes((result.reason as Partial<ServiceError>).code)) answers.push(await ask(changes[i]));
    else throw result.reason;
  }
  return answers;
}

const BUSY: readonly (status | undefined)[] = [status.RESOURCE_EXHAUSTED, status.UNAVAILABLE];

function ordinal(count: number): string {
  const teen = count % 100 > 10 && count % 100 < 14;
  return teen ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
}
