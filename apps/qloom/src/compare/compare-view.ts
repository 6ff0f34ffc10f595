import type { Progress } from '../run/progress.ts';
import { barLine } from '../run/progress-view.ts';
import { formatRest, formatSeconds } from '../terminal/format.ts';
import { createStatusBlock } from '../terminal/status-block.ts';
import type { StatusStream } from '../terminal/status-line.ts';
import { styleOf } from '../terminal/style.ts';
import type { CompareProgress } from './compare-progress.ts';

/** Display of the progress of a compare. */
export interface CompareView {
  /** Shows that a cell has changed. */
  show(name: string, cell: Progress, all: CompareProgress): void;
  /** Shows that a cell has ended, and how. */
  ended(text: string, all: CompareProgress): void;
  /** Shows a permanent line. */
  note(text: string): void;
  /** Removes the moving part. */
  end(): void;
}

/** Maximum number of cells that are shown at once; of more there is the number. */
const SHOWN_CELLS = 8;

/** A line for each cell that is under way, and one for all, on a terminal; plain lines elsewhere. */
export function createCompareView(stream: StatusStream, title: string): CompareView {
  return stream.isTTY === true ? createMoving(stream, title) : createPlain(stream, title);
}

function createMoving(stream: StatusStream, title: string): CompareView {
  const block = createStatusBlock(stream);
  const style = styleOf(stream);
  const draw = (all: CompareProgress): void => {
    const columns = stream.columns ?? 80;
    const width = Math.max(...all.running.map(({ name }) => name.length));
    const cells = all.running
      .slice(0, SHOWN_CELLS)
      .map(({ name, progress }) => barLine(progress, name.padEnd(width), style, columns));
    const more = all.running.length - cells.length;
    const rest = more > 0 ? [`and ${more} more`] : [];
    const whole = `${title}  ${summary(all)}`.slice(0, columns - 1);
    block.show([...cells, ...rest, whole.replace(title, style.bold(title))]);
  };
  return {
    show: (_name, _cell, all) => draw(all),
    ended(text, all) {
      block.note(text);
      draw(all);
    },
    note: block.note,
    end: block.end,
  };
}

/** A line for each phase of a cell: there may be many cells. */
function createPlain(stream: StatusStream, title: string): CompareView {
  const said = new Map<string, string>();
  return {
    show(name, { phase, waitingFor }, { elapsedSeconds }) {
      const line = `${name}  ${phase}${waitingFor === undefined ? '' : `  waiting for ${waitingFor}`}`;
      // One that is prepared may wait for an agent with room, and is not under way.
      if (phase === 'preparing' || phase === 'ended' || said.get(name) === line) return;
      said.set(name, line);
      stream.write(`[${formatSeconds(elapsedSeconds)}] ${line}\n`);
    },
    ended(text, all) {
      stream.write(`[${formatSeconds(all.elapsedSeconds)}] ${text}; ${title}  ${summary(all)}\n`);
    },
    note: (text) => void stream.write(`${text}\n`),
    end() {},
  };
}

/** `3/12 cells  1 failed  2 min 4 s  about 6 min left`. */
function summary({ done, total, failed, elapsedSeconds, secondsLeft }: CompareProgress): string {
  return [
    `${done}/${total} cells`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    formatSeconds(elapsedSeconds),
    ...(secondsLeft !== undefined && done < total ? [`${formatRest(secondsLeft)} left`] : []),
  ].join('  ');
}
