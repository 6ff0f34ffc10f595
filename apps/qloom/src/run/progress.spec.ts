import { Study, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import picocolors from 'picocolors';
import { createProgressTracker } from './progress.ts';
import { barLine, createProgressView } from './progress-view.ts';

const PLAIN = picocolors.createColors(false);
const study = (fields: Parameters<typeof Study.fromPartial>[0]): Study =>
  Study.fromPartial({ settings: { episodes: 8 }, state: StudyState.SEARCHING, ...fields });

/** A tracker and its clock, in seconds. */
function tracking() {
  const clock = { seconds: 100 };
  return { clock, tracker: createProgressTracker(() => clock.seconds * 1000) };
}

describe('progress', () => {
  it('expects each step to take as long as those before, from the beginning of its phase', () => {
    const { clock, tracker } = tracking();
    expect(tracker.update(study({})).secondsLeft).toBeUndefined();
    clock.seconds += 6;
    expect(tracker.update(study({ rewarded: 1, failed: 1 }))).toMatchObject({
      done: 2,
      total: 8,
      secondsLeft: 18,
      elapsedSeconds: 6,
    });
    clock.seconds += 10;
    const evaluating = { state: StudyState.EVALUATING, rewarded: 8, unitsTotal: 40 };
    expect(tracker.update(study({ ...evaluating, unitsDone: 0 })).secondsLeft).toBeUndefined();
    clock.seconds += 5;
    expect(tracker.update(study({ ...evaluating, unitsDone: 10 }))).toMatchObject({
      phase: 'evaluating',
      unit: 'jobs',
      secondsLeft: 15,
    });
  });

  it('does not count what was done before it joined', () => {
    const { clock, tracker } = tracking();
    tracker.update(study({ rewarded: 6 }));
    clock.seconds += 4;
    expect(tracker.update(study({ rewarded: 7 })).secondsLeft).toBe(4);
  });

  it('is a line that fits its terminal', () => {
    const { clock, tracker } = tracking();
    tracker.update(study({}));
    clock.seconds += 6;
    const progress = tracker.update(study({ rewarded: 2, failed: 1, highestUtility: 0.1234, bestUtility: -0.2 }));
    expect(barLine(progress, 'toy', PLAIN, 120)).toBe(
      'toy  searching  ━━━━━━━━━───────────────  3/8 episodes  about 10 s, then evaluation  best utility +0.123  1 failed',
    );
    expect(barLine(progress, 'toy', PLAIN, 50)).toBe('toy  searching  ━━━━━───────  3/8 episodes');
  });

  it('is plain lines where there is no terminal: one an episode, and notes between', () => {
    const lines: string[] = [];
    const view = createProgressView({ write: (text: string) => lines.push(text) }, 'toy');
    const { clock, tracker } = tracking();
    view.show(tracker.update(study({})));
    view.show(tracker.update(study({})));
    view.note('generator ended');
    clock.seconds += 2;
    view.show(tracker.update(study({ rewarded: 1, highestUtility: -0.5 })));
    view.end();
    expect(lines).toEqual([
      '[0.0 ms] toy  searching  0/8 episodes\n',
      'generator ended\n',
      '[2.0 s] toy  searching  1/8 episodes  about 15 s, then evaluation  best utility −0.500\n',
    ]);
  });

  it('redraws one line on a terminal, and leaves it clean', () => {
    let written = '';
    const view = createProgressView({ isTTY: true, columns: 80, write: (text: string) => (written += text) }, 'toy');
    const { tracker } = tracking();
    view.show(tracker.update(study({})));
    view.end();
    expect(written.endsWith('\r\x1b[2K')).toBe(true);
    expect(written).not.toContain('\n');
  });

  it('shows what the study waits for, on a terminal in place of the bar and cut to its width', () => {
    const { tracker } = tracking();
    const waitingFor = `draw-0-noise: artifact ${'0'.repeat(64)} is not in /data/runs/toy/artifacts`;
    const line = barLine(tracker.update(study({ state: StudyState.EVALUATING, waitingFor })), 'toy', PLAIN, 60);
    expect(line).toBe(`toy  evaluating  ${`waiting for ${waitingFor}`.slice(0, 41)}…`);
    expect(line).toHaveLength(59);
  });

  it.each([undefined, true])('says once what would use idle replicas (terminal: %s)', (isTTY) => {
    const { tracker } = tracking();
    let written = '';
    const view = createProgressView({ isTTY, columns: 80, write: (text: string) => (written += text) }, 'toy');
    const idleReplicas = 'at most 8 episodes at once; batch: 10 would use them';
    for (let rewarded = 0; rewarded < 3; rewarded++) view.show(tracker.update(study({ rewarded, idleReplicas })));
    expect(written.split(`toy  ${idleReplicas}\n`)).toHaveLength(2);
  });

  it('elsewhere prints once what the study waits for, and once that it continues', () => {
    const { tracker } = tracking();
    const written: string[] = [];
    const view = createProgressView({ write: (text) => void written.push(text) }, 'toy');
    const evaluating = { state: StudyState.EVALUATING, rewarded: 8, unitsTotal: 40 };
    view.show(tracker.update(study(evaluating)));
    for (let i = 0; i < 3; i++) view.show(tracker.update(study({ ...evaluating, waitingFor: 'the study: no space' })));
    for (let i = 0; i < 3; i++) view.show(tracker.update(study(evaluating)));
    expect(written.slice(1)).toEqual([
      '[0.0 ms] toy  evaluating  waiting for the study: no space\n',
      '[0.0 ms] toy  evaluating  continues\n',
    ]);
  });
});
