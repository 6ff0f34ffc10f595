import { Study, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { createCompareTracker } from './compare-progress.ts';
import { createCompareView } from './compare-view.ts';

const searching = (rewarded: number) =>
  Study.fromPartial({ state: StudyState.SEARCHING, rewarded, settings: { episodes: 10 } });
const evaluating = (unitsDone: number) =>
  Study.fromPartial({ state: StudyState.EVALUATING, unitsDone, unitsTotal: 10, settings: { episodes: 10 } });

describe('the progress of a compare', () => {
  it('estimates the rest from the work that this run has seen', () => {
    let ms = 0;
    const tracker = createCompareTracker(['a', 'b'], { finished: 1, failed: 1 }, () => ms);
    expect(tracker.progress()).toMatchObject({ done: 2, total: 4, failed: 1, running: [] });
    expect(tracker.progress().secondsLeft).toBeUndefined();
    // Half of a's evaluation was done before: .3 + .7 / 2.
    tracker.update('a', evaluating(5));
    ms = 10_000;
    tracker.update('a', evaluating(10));
    // .35 of a study in 10 s; b is left.
    expect(tracker.progress().secondsLeft).toBeCloseTo(10 / 0.35, 10);
    tracker.end('a', false);
    tracker.update('b', searching(5));
    expect(tracker.progress()).toMatchObject({ done: 3, total: 4, running: [{ name: 'b' }] });
    tracker.end('b', true);
    expect(tracker.progress()).toMatchObject({ done: 4, failed: 2, secondsLeft: 0, running: [] });
  });

  it('shows a line for each cell under way on a terminal, over and over, and what has ended above them', () => {
    const terminal = createScreen();
    const view = createCompareView({ isTTY: true, columns: 100, write: terminal.write }, 'toy');
    const tracker = createCompareTracker(['a', 'longer'], { finished: 0, failed: 0 }, () => 0);
    for (const name of ['a', 'longer']) {
      const progress = tracker.update(name, searching(1));
      view.show(name, progress, tracker.progress());
    }
    expect(terminal.lines()).toEqual([
      expect.stringMatching(/^a {7}searching .* 1\/10 episodes/),
      expect.stringMatching(/^longer {2}searching .* 1\/10 episodes/),
      'toy  0/2 cells  0.0 ms',
    ]);
    tracker.end('a', false);
    view.ended('a finished', tracker.progress());
    expect(terminal.lines()).toEqual([
      'a finished',
      expect.stringMatching(/^longer {2}searching /),
      expect.stringMatching(/^toy {2}1\/2 cells/),
    ]);
    view.end();
    expect(terminal.lines()).toEqual(['a finished', '']);
  });
});

/** A terminal that understands what the status block writes: line feeds, to the start of a line, lines up, clear below. */
function createScreen(): { write(text: string): void; lines(): string[] } {
  const rows = [''];
  let row = 0;
  const ESCAPE = String.fromCharCode(27);
  return {
    write(text) {
      for (const part of text.split(new RegExp(`(${ESCAPE}\\[\\d*[A-Za-z]|\\r|\\n)`))) {
        const code = part.startsWith(ESCAPE) ? part.slice(2) : part;
        if (part === '\n') rows[++row] ??= '';
        else if (part.startsWith(ESCAPE) && code.endsWith('A')) row -= Number(code.slice(0, -1));
        else if (part.startsWith(ESCAPE) && code === 'J') {
          rows.length = row + 1;
          rows[row] = '';
        } else if (!part.startsWith(ESCAPE) && part !== '\r') rows[row] += part;
      }
    },
    lines: () => [...rows],
  };
}
