import { status } from '@grpc/grpc-js';
import { type StudySettings, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { violationsOf } from '@qloom/service-kit/faults/status-details.ts';
import { type Check, listChecks, must } from '../check.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { EPISODES, isEnded, type StudyBench } from './study-call.ts';

/** The name of a state in the contract. */
const nameOf = (state: StudyState | undefined): string =>
  Object.entries(StudyState).find(([, value]) => value === state)?.[0] ?? String(state);

const millis = (time: Date | undefined): number => time?.getTime() ?? Number.NaN;

/** Checks of CreateStudy, GetStudy, ListStudies and CancelStudy. */
export function studyChecks(bench: StudyBench): readonly Check[] {
  const { agent, deadlineMs } = bench;
  const list = listChecks('agent/v1/agent.proto: AgentService.CreateStudy, GetStudy, ListStudies, CancelStudy');

  list.promise('a study that is created again with the same settings is the same study', async () => {
    const [id, settings] = [bench.freshId(), await bench.settings()];
    const once = await bench.create(id, settings, 'task: one');
    const again = await bench.create(id, settings, 'task: another text');
    must(
      JSON.stringify(once.settings) === JSON.stringify(again.settings),
      'the second creation has other settings',
      'the same',
    );
    must(
      millis(once.createTime) === millis(again.createTime),
      'the second creation has another time',
      'that of the first: CreateStudy is idempotent',
    );
    const created = (await bench.events(id)).filter(({ slot }) => slot === 'create').length;
    must(created === 1, `${created} events create the study`, '1');
    await bench.cancel(id);
  });

  list.promise('a study that is created again with other settings is ALREADY_EXISTS', async () => {
    const id = bench.freshId();
    await bench.create(id, await bench.settings());
    await mustRefuse(bench.create(id, await bench.settings({ seed: 6 })), status.ALREADY_EXISTS);
    await bench.cancel(id);
    await mustRefuse(bench.create(id, await bench.settings({ seed: 6 })), status.ALREADY_EXISTS);
  });

  list.promise('a study has its settings, with defaults filled in', async () => {
    const id = bench.freshId();
    const created = await bench.create(id, await bench.settings({ qnnSeeds: 0, episodeDeadlineSeconds: 0 }));
    for (const { settings, id: own } of [created, await bench.get(id)]) {
      must(own === id, `its id is ${own}`, id);
      must(
        settings?.episodes === EPISODES && settings.seed === 5,
        `it has ${settings?.episodes} episodes and the seed ${settings?.seed}`,
        `${EPISODES} and 5`,
      );
      must(settings.qnnSeeds === 1, `qnn_seeds is ${settings.qnnSeeds}`, '1, the default');
      must(
        settings.episodeDeadlineSeconds === 3600,
        `episode_deadline_seconds is ${settings.episodeDeadlineSeconds}`,
        '3600, the default',
      );
    }
    await bench.cancel(id);
  });

  list.promise('studies are listed by id', async () => {
    const ids = [bench.freshId(), bench.freshId()];
    for (const id of ids.toReversed()) {
      await bench.create(id, await bench.settings());
      await bench.cancel(id);
    }
    const listed = (await agent.listStudies({}, { deadlineMs })).studies.map(({ id }) => id);
    must(listed.join() === listed.toSorted().join(), `${listed.join(', ')} are listed`, 'by id');
    for (const id of ids) must(listed.includes(id), `${listed.join(', ')} are listed`, `${id} too`);
  });

  list.promise('a cancelled study is cancelled, and stays so', async () => {
    const id = bench.freshId();
    const created = await bench.create(id, await bench.settings());
    must(!isEnded(created.state), `a new study is ${nameOf(created.state)}`, 'not ended');
    must(created.endTime === undefined, 'a study that runs has an end time', 'none');
    await bench.cancel(id);
    const ended = await bench.get(id);
    const again = await bench.cancel(id);
    for (const { state } of [ended, again]) must(state === StudyState.CANCELLED, `it is ${nameOf(state)}`, 'CANCELLED');
    must(
      millis(ended.endTime) >= millis(ended.createTime),
      `it ended at ${millis(ended.endTime)}`,
      `after its creation at ${millis(ended.createTime)}`,
    );
    must(
      millis(again.endTime) === millis(ended.endTime),
      'the second cancellation has another end',
      'that of the first: CancelStudy is idempotent',
    );
  });

  list.promise('a study that is not there is NOT_FOUND', async () => {
    await bench.settings();
    const id = bench.freshId();
    await mustRefuse(bench.get(id), status.NOT_FOUND);
    await mustRefuse(bench.watch(id), status.NOT_FOUND);
    await mustRefuse(agent.cancelStudy({ id }, { deadlineMs }), status.NOT_FOUND);
    await mustRefuse(bench.events(id), status.NOT_FOUND);
  });

  const wrong: readonly [string, Partial<StudySettings>][] = [
    ['no data', { data: undefined }],
    ['a policy that is none', { policy: 'none-of-them' }],
    ['more episodes than any agent runs', { episodes: 4_000_000_000 }],
    [
      'a hyperparameter that is none',
      {
        space: [
          {
            name: 'none.of.them',
            fixed: undefined,
            minimum: undefined,
            maximum: undefined,
            choices: [],
            ifOffered: false,
          },
        ],
      },
    ],
    ['a form of reward that is none', { reward: { form: 'none-of-them', weights: [] } }],
    [
      'one replicate',
      {
        evaluation: {
          draws: 1,
          rivals: [],
          rivalEvaluations: 0,
          portfolio: false,
          choice: '',
          portfolioDefault: undefined,
          methods: undefined,
        },
      },
    ],
  ];
  for (const [what, changes] of wrong) {
    list.refusal(`a study with ${what} is INVALID_ARGUMENT, and its details name the setting`, async () => {
      const id = bench.freshId();
      const call = bench.create(id, await bench.settings(changes));
      const error = await call.then(
        () => undefined,
        (thrown) => thrown,
      );
      await mustRefuse(call, status.INVALID_ARGUMENT);
      const fields = violationsOf(error).map(({ field }) => field);
      must(fields.length > 0, 'the details name no setting', 'google.rpc.BadRequest with each one');
      await mustRefuse(bench.get(id), status.NOT_FOUND);
    });
  }
  list.refusal('an id with other characters is INVALID_ARGUMENT', async () => {
    await mustRefuse(bench.create('No Id', await bench.settings()), status.INVALID_ARGUMENT);
  });
  return list.checks;
}

/** Checks of WatchStudy and ListStudyEvents, and of studies at a second instance. */
export function eventChecks(bench: StudyBench): readonly Check[] {
  const list = listChecks('agent/v1/agent.proto: AgentService.WatchStudy, ListStudyEvents');

  list.promise('a study is watched from its current state to its end, and the stream then ends', async () => {
    const id = bench.freshId();
    await bench.create(id, await bench.settings());
    const first = Promise.withResolvers<void>();
    const watching = (async () => {
      const changes: { readonly state: StudyState | undefined; readonly event: unknown }[] = [];
      for await (const { study, event } of bench.agent.watchStudy({ id }, { deadlineMs: bench.deadlineMs })) {
        changes.push({ state: study?.state, event });
        first.resolve();
      }
      first.resolve();
      return changes;
    })();
    await Promise.race([first.promise, watching]);
    await bench.cancel(id);
    const changes = await watching;
    must(changes[0]?.event === undefined, 'the first message has an event', 'the current state alone');
    const [last] = changes.slice(-1);
    must(last?.state === StudyState.CANCELLED, `the last message says ${nameOf(last?.state)}`, 'CANCELLED');
    const ended = changes.findIndex(({ state }) => state !== undefined && isEnded(state));
    must(ended === changes.length - 1, 'messages come after the end of the study', 'the end last');
  });

  list.promise('a study that has ended is watched as its last state alone', async () => {
    const changes = await bench.watch(await bench.cancelled());
    must(changes.length === 1, `${changes.length} messages came`, '1: its state');
    const state = changes[0].study?.state;
    must(
      state === StudyState.CANCELLED && changes[0].event === undefined,
      `it says ${nameOf(state)}`,
      'CANCELLED, without an event',
    );
  });

  list.promise('the events of a study are in the order of the log, from its creation on', async () => {
    const id = await bench.cancelled();
    const events = await bench.events(id);
    const slots = events.map(({ slot }) => slot);
    must(slots[0] === 'create', `the first event is "${slots[0]}"`, 'create');
    must(slots.includes('cancel'), `the events are ${slots.join(', ')}`, 'cancel too');
    const rises = events.every(({ sequence }, i) => i === 0 || events[i - 1].sequence < sequence);
    must(rises, `the sequences are ${events.map(({ sequence }) => sequence).join(', ')}`, 'rising');
    for (const { slot, episode, content } of events) {
      const wanted = episode === undefined ? 'record' : 'slotEvent';
      must(content?.$case === wanted, `"${slot}" of ${episode ?? 'the study'} has ${content?.$case}`, wanted);
    }
    const [{ content }] = events;
    const created =
      content?.$case === 'record' && content.value.record?.$case === 'created' ? content.value.record.value : undefined;
    const { settings } = await bench.get(id);
    must(
      JSON.stringify(created?.settings) === JSON.stringify(settings),
      'the event "create" has other settings than the study',
      'the same',
    );
  });

  list.promise('a study is known at a second instance of the same log, and can be cancelled there', async () => {
    const second = bench.second();
    const id = bench.freshId();
    const created = await bench.create(id, await bench.settings());
    const there = await bench.get(id, second);
    must(
      JSON.stringify(there.settings) === JSON.stringify(created.settings),
      'the second instance has other settings',
      'the same',
    );
    const watching = bench.watch(id);
    await bench.cancel(id, second);
    const last = (await watching).at(-1)?.study?.state;
    must(last === StudyState.CANCELLED, `the first instance then says ${nameOf(last)}`, 'CANCELLED');
    const one = slotsOf(await bench.events(id));
    // Events may follow the cancellation, such as the ends of open episodes.
    const other = slotsOf(await bench.events(id, second)).slice(0, one.length);
    must(
      one.join() === other.join(),
      `the second instance lists ${other.join(', ')}`,
      `${one.join(', ')}: they have one log`,
    );
  });
  return list.checks;
}

const slotsOf = (events: readonly { readonly slot: string; readonly sequence: bigint }[]) =>
  events.map(({ slot, sequence }) => `${sequence} ${slot}`);
