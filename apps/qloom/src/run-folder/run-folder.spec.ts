import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileError } from '../command/system-error.ts';
import { findRun, latestRun, listRuns } from './find-run.ts';
import { openLineFile } from './line-file.ts';
import { lockFolder } from './lock.ts';
import {
  differingSetting,
  openRunFolder,
  RunFolderError,
  readStudyRecord,
  runFolderAt,
  type StudyRecord,
} from './run-folder.ts';
import { makeTemporaryFolder, writeWhole } from './write-file.ts';

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
  it('keeps the study file and the record, and reads them back', () => {
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

  it('reports a folder that is no run folder, or of another version', () => {
    const folder = runFolderAt(temporary());
    expect(() => readStudyRecord(folder)).toThrow('is no run folder');
    writeFileSync(folder.studyJson, '{"format":"qloom-study/9"}');
    expect(() => readStudyRecord(folder)).toThrow('has format "qloom-study/9"');
  });

  it.each([
    ['', 'is empty'],
    ['{"format":"qloom-study/1","id":"to', 'is not JSON'],
    ['null', 'holds null and no study'],
    ['[1]', 'holds a list and no study'],
    ['"text"', 'holds a string and no study'],
    ['3', 'holds a number and no study'],
    [JSON.stringify({ ...RECORD, settings: null }), ': settings are not an object'],
    [JSON.stringify({ ...RECORD, state: 'done' }), ': state is none of running, finished, failed, cancelled'],
    [JSON.stringify({ ...RECORD, id: undefined }), ': id is not a text'],
    [JSON.stringify({ ...RECORD, result: [1] }), ': result is not an object'],
  ])('reports what is wrong with a study.json of %j, and a remedy', (text, message) => {
    const folder = runFolderAt(temporary());
    writeFileSync(folder.studyJson, text);
    const read = () => readStudyRecord(folder);
    expect(read).toThrow(RunFolderError);
    expect(read).toThrow(`${folder.studyJson}${message.startsWith(':') ? '' : ' '}${message}`);
    expect(read).toThrow('delete it and run the study file again, which resumes from the log beside it');
  });

  it('removes the credentials from a record of an earlier version', () => {
    const folder = runFolderAt(join(temporary(), 'toy'));
    openRunFolder(folder, { ...RECORD, log: 'nats://ada:secret@h:1?replicas=3' }, '');
    expect(readStudyRecord(folder).log).toBe('nats://h:1?replicas=3');
    openRunFolder(folder, { ...RECORD, log: 'nats://h:1?replicas=3' }, '');
    expect(readFileSync(folder.studyJson, 'utf8')).not.toMatch(/secret/);
    expect(readStudyRecord(folder).log).toBe('nats://h:1?replicas=3');
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

  it('is used by one process at a time', () => {
    const folder = temporary();
    const lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(`in use by another qloom (process ${process.pid})`);
    lock.release();
    lockFolder(folder).release();
  });
});

describe('a file that cannot be written', () => {
  const file = join(temporary(), 'file');
  writeFileSync(file, '');

  it.each([
    [join(file, 'runs', 'toy'), `${file}: cannot be made: a file of that name is there (EEXIST)`],
    [file, `${file}: cannot be made: a file of that name is there (EEXIST)`],
    ['/proc/none/toy', '/proc/none: cannot be made: no such file or folder (ENOENT)'],
  ])('is named with its path, for a folder %s', (folder, message) => {
    expect(() => lockFolder(folder)).toThrow(message);
    expect(() => openRunFolder(runFolderAt(folder), RECORD, '')).toThrow(FileError);
  });

  it('is named with its path, for a file, and leaves nothing half-written behind', () => {
    const folder = temporary();
    mkdirSync(join(folder, 'study.json'));
    expect(() => writeWhole(join(folder, 'study.json'), '{}')).toThrow(
      `${join(folder, 'study.json')}: cannot be written: it is a folder (EISDIR)`,
    );
    expect(readdirSync(folder)).toEqual(['study.json']);
    expect(() => writeWhole('/dev/full/x', '')).toThrow(
      '/dev/full/x: cannot be written: a part of its path is no folder',
    );
  });

  it('names TMPDIR where temporary folders cannot be made', () => {
    expect(() => makeTemporaryFolder('qloom-', join(file, 'none'))).toThrow(
      /set TMPDIR to a folder that can be written$/,
    );
  });

  it('ends a file of lines with its path and the reason, on a full disk as elsewhere', async () => {
    const full = openLineFile('/dev/full', 'a');
    full.write('{}\n');
    await expect(full.failed).rejects.toThrow(
      '/dev/full: cannot be written: no space is left on the device; make room and run the same command again (ENOSPC)',
    );
    full.write('{}\n');
    await full.close();
    const folder = openLineFile(temporary(), 'w');
    await expect(folder.failed).rejects.toThrow('cannot be written: it is a folder (EISDIR)');
    await folder.close();
  });

  it('keeps every line of a file that can be written', async () => {
    const path = join(temporary(), 'lines');
    for (const [flags, line] of [
      ['w', 'one\n'],
      ['a', 'two\n'],
    ] as const) {
      const lines = openLineFile(path, flags);
      lines.write(line);
      await lines.close();
    }
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });
});

describe('differingSetting', () => {
  it('finds nothing between equal settings, whatever the order of their fields', () => {
    expect(differingSetting({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toBeUndefined();
  });
});
