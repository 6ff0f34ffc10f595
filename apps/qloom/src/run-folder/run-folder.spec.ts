import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRun, latestRun, listRuns } from './find-run.ts';
import { lockFolder } from './lock.ts';
import { differingSetting, openRunFolder, readStudyRecord, runFolderAt, type StudyRecord } from './run-folder.ts';

const RECORD: StudyRecord = {
  format: 'qloom-study/1',
  id: 'toy',
  state: 'running',
  file: 'toy.yaml',
  log: 'sqlite',
  settings: { seed: 1, qnn: { qubits: 4 } },
  versions: { qloom: '0.1.0' },
  createdAt: '2026-01-01T00:00:00.000Z',
};

const temporary = (): string => mkdtempSync(join(tmpdir(), 'qloom-folder-'));

describe('a run folder', () => {
  it('keeps the study file and what was run, and gives them back', () => {
    const folder = runFolderAt(join(temporary(), 'toy'));
    expect(openRunFolder(folder, RECORD, 'seed: 1\n')).toEqual(RECORD);
    expect(readFileSync(folder.studyYaml, 'utf8')).toBe('seed: 1\n');
    expect(openRunFolder(folder, { ...RECORD, createdAt: 'later' }, 'seed: 1 # same\n')).toEqual(RECORD);
  });

  it.each([
    [{ settings: { seed: 1, qnn: { qubits: 5 } } }, 'other settings (qnn.qubits: 4 there, 5 here)'],
    [{ settings: { seed: 1 } }, 'other settings (qnn: {"qubits":4} there, default here)'],
    [{ csvSha256: 'ab' }, 'the CSV has changed'],
    [{ log: 'nats://h:1' }, 'keeps its log in sqlite, not in nats://h:1: give --log sqlite'],
  ])('refuses another study: %j', (change, message) => {
    const folder = runFolderAt(join(temporary(), 'toy'));
    openRunFolder(folder, RECORD, '');
    expect(() => openRunFolder(folder, { ...RECORD, ...change }, '')).toThrow(message);
  });

  it('says that a folder is none, or of another version', () => {
    const folder = runFolderAt(temporary());
    expect(() => readStudyRecord(folder)).toThrow('is no run folder');
    writeFileSync(folder.studyJson, '{"format":"qloom-study/9"}');
    expect(() => readStudyRecord(folder)).toThrow('has format "qloom-study/9"');
  });

  it('is found by path or by name, and the latest without one', () => {
    const out = temporary();
    openRunFolder(runFolderAt(join(out, 'toy')), RECORD, '');
    expect(findRun('toy', out).path).toBe(join(out, 'toy'));
    expect(findRun(join(out, 'toy')).path).toBe(join(out, 'toy'));
    expect(latestRun(out).path).toBe(join(out, 'toy'));
    expect(listRuns(out)).toEqual(['toy']);
    expect(() => findRun('tox', out)).toThrow('tox is no run folder and no study; ');
    expect(() => findRun('tox', out)).toThrow('holds toy');
  });

  it('is worked in by one at a time', () => {
    const folder = temporary();
    const lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(`in use by another qloom (process ${process.pid})`);
    lock.release();
    lockFolder(folder).release();
  });
});

describe('differingSetting', () => {
  it('finds nothing between equal settings, whatever the order of their fields', () => {
    expect(differingSetting({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toBeUndefined();
  });
});
