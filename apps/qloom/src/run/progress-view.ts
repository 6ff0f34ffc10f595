import { stripVTControlCharacters } from 'node:util';
import { formatRest, formatSeconds, formatSigned } from '../terminal/format.ts';
import { createStatusLine, type StatusStream } from '../terminal/status-line.ts';
import { type Style, styleOf } from '../terminal/style.ts';
import type { Progress } from './progress.ts';

/** Display of the progress. */
export interface ProgressView {
  /** Shows the current progress. */
  show(progress: Progress): void;
  /** Shows a permanent line, such as a restart of a service. */
  note(text: string): void;
  /** Removes the moving part. */
  end(): void;
}

/** A moving bar on a terminal, plain lines elsewhere. */
export function createProgressView(stream: StatusStream, title: string): ProgressView {
  return stream.isTTY === true ? createBar(stream, title, styleOf(stream)) : createLines(stream, title);
}

function createBar(stream: StatusStream, title: string, style: Style): ProgressView {
  const line = createStatusLine(stream);
  const hint = onChange((idle) => line.note(`${title}  ${idle}`));
  return {
    show(progress) {
      hint(progress.idleReplicas);
      line.show(barLine(progress, title, style, stream.columns ?? 80));
    },
    note: line.note,
    end: line.end,
  };
}

/**
 * One line at most `columns` wide: title, phase, bar, counts, best utility, rest. The reason of a wait comes right
 * after the phase, cut where it is too long, since nothing else matters during a wait.
 */
export function barLine(progress: Progress, title: string, style: Style, columns: number): string {
  const { done, total } = progress;
  const width = columns < 90 ? 12 : 24;
  const filled = total > 0 ? Math.round((width * Math.min(done, total)) / total) : 0;
  const bar = `${style.cyan('━'.repeat(filled))}${style.dim('─'.repeat(width - filled))}`;
  const parts = [style.bold(title), progress.phase, bar, ...facts(progress)];
  if (progress.waitingFor !== undefined) {
    const start = `${style.bold(title)}  ${progress.phase}  `;
    const room = Math.max(0, columns - 1 - stripVTControlCharacters(start).length);
    const text = `waiting for ${progress.waitingFor}`;
    return `${start}${text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`}`;
  }
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}  ${part}`;
    if (stripVTControlCharacters(longer).length >= columns) break;
    line = longer;
  }
  return line;
}

function facts(progress: Progress): string[] {
  const { done, total, unit, failed, bestUtility, secondsLeft } = progress;
  return [
    ...(total > 0 ? [`${done}/${total} ${unit}`] : done > 0 ? [`${done} ${unit}`] : []),
    ...(progress.phase === 'searching' && secondsLeft !== undefined
      ? [`${formatRest(secondsLeft)}, then evaluation`]
      : []),
    ...(progress.phase === 'evaluating' && secondsLeft !== undefined ? [`${formatRest(secondsLeft)} left`] : []),
    ...(bestUtility === undefined ? [] : [`best utility ${formatSigned(bestUtility, 3)}`]),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
}

/** Calls `say` with each new text, once. */
function onChange(say: (text: string) => void): (text: string | undefined) => void {
  const said = new Set<string>();
  return (text) => {
    if (text === undefined || said.has(text)) return;
    said.add(text);
    say(text);
  };
}

function createLines(stream: StatusStream, title: string): ProgressView {
  let lastPhase = '';
  let lastDone = -1;
  let lastWait: string | undefined;
  const hint = onChange((idle) => stream.write(`${title}  ${idle}\n`));
  return {
    show(progress) {
      const { phase, done, total, waitingFor } = progress;
      if (phase === 'ended') return;
      hint(progress.idleReplicas);
      if (waitingFor !== lastWait) {
        lastWait = waitingFor;
        const what = waitingFor === undefined ? 'continues' : `waiting for ${waitingFor}`;
        stream.write(`[${formatSeconds(progress.elapsedSeconds)}] ${title}  ${phase}  ${what}\n`);
      }
      // The evaluation has many small jobs: a line for each tenth.
      const step = phase === 'evaluating' ? Math.max(1, Math.floor(total / 10)) : 1;
      const due = phase !== lastPhase || (done !== lastDone && (done - lastDone >= step || done === total));
      if (!due) return;
      [lastPhase, lastDone] = [phase, done];
      stream.write(`[${formatSeconds(progress.elapsedSeconds)}] ${[title, phase, ...facts(progress)].join('  ')}\n`);
    },
    note(text) {
      stream.write(`${text}\n`);
    },
    end() {},
  };
}
