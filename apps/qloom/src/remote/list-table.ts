import { type Study, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { formatAge, formatSigned } from '../terminal/format.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';

/** `searching`, `finished`, … */
export function stateName(state: StudyState): string {
  const [name] = Object.entries(StudyState).find(([, value]) => value === state) ?? ['unknown'];
  return name.toLowerCase();
}

/** Whether a state is final. */
export function hasEnded(state: StudyState): boolean {
  return state === StudyState.FINISHED || state === StudyState.FAILED || state === StudyState.CANCELLED;
}

/** What is done of the present phase. */
function progressText({ state, rewarded, failed, unitsDone, unitsTotal, settings }: Study): string {
  const episodes = settings?.episodes ?? 0;
  switch (state) {
    case StudyState.EVALUATING:
      return unitsTotal > 0 ? `${unitsDone}/${unitsTotal} jobs` : '';
    case StudyState.PREPARING:
      return '';
    default:
      return episodes > 0 ? `${rewarded + failed}/${episodes} episodes` : '';
  }
}

/** The studies as a table, the newest first. */
export function renderStudies(studies: readonly Study[], nowMs: number, style: Style): string {
  const rows = newestFirst(studies).map((study) => [
    study.id,
    stateName(study.state),
    progressText(study),
    study.highestUtility === undefined ? '' : formatSigned(study.highestUtility, 3),
    study.createTime === undefined ? '' : formatAge((nowMs - study.createTime.getTime()) / 1000),
    study.waitingFor !== undefined
      ? `waiting for ${study.waitingFor}`
      : study.state === StudyState.FAILED
        ? study.message
        : '',
  ]);
  const columns = ['study', 'state', 'progress', 'best utility', 'age', ''].map((title) => ({
    title,
    align: title === 'best utility' || title === 'age' ? ('right' as const) : ('left' as const),
  }));
  return renderTable(columns, rows, { header: style.dim });
}

/** The studies as `--json` prints them, the newest first. */
export function studiesToJson(studies: readonly Study[]): unknown[] {
  return newestFirst(studies).map((study) => ({
    name: study.id,
    state: stateName(study.state),
    episodes: study.settings?.episodes,
    proposed: study.proposed,
    rewarded: study.rewarded,
    failed: study.failed,
    jobsDone: study.unitsDone,
    jobs: study.unitsTotal,
    bestReward: study.bestReward,
    bestUtility: study.highestUtility,
    createdAt: study.createTime?.toISOString(),
    endedAt: study.endTime?.toISOString(),
    waitingFor: study.waitingFor,
    message: study.message,
  }));
}

function newestFirst(studies: readonly Study[]): Study[] {
  const time = ({ createTime }: Study): number => createTime?.getTime() ?? 0;
  return studies.toSorted((a, b) => time(b) - time(a) || (a.id < b.id ? -1 : 1));
}
