import { deflateRawSync, gzipSync } from 'node:zlib';
import { decodeText } from './decode-text.ts';

const TEXT = 'u,v,c\n1,2.5,a\n3,4,b\n';
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

/** A zip archive's first member, as far as its name; the content plays no part. */
function zipOf(name: string): Buffer {
  const head = Buffer.alloc(30);
  head.write('PK\x03\x04', 0, 'latin1');
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, Buffer.from(name), deflateRawSync(Buffer.from('1'))]);
}

describe('decodeText', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT), []],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${TEXT}`), []],
    ['UTF-16LE with a byte order mark', utf16(`\uFEFF${TEXT}`), ['the file is read as UTF-16LE']],
    ['UTF-16LE without one', utf16(TEXT), ['the file is read as UTF-16LE']],
    ['UTF-16BE with a byte order mark', utf16(`\uFEFF${TEXT}`).swap16(), ['the file is read as UTF-16BE']],
    ['UTF-16BE without one', utf16(TEXT).swap16(), ['the file is read as UTF-16BE']],
  ])('reads %s, with a note where it is not the usual one', (_, bytes, notes) => {
    const decoded = decodeText(bytes);
    expect(decoded.text.replace('\uFEFF', '')).toBe(TEXT);
    expect(decoded.notes).toEqual(notes);
  });

  it.each([
    [
      'a .npy',
      latin1('\x93NUMPY\x01\x00v\x00{'),
      'a NumPy array (.npy); write it with numpy.savetxt(path, array, delimiter=",")',
    ],
    [
      'a .npz',
      zipOf('x.npy'),
      'an archive of NumPy arrays (.npz); write features and label with numpy.savetxt(path, numpy.column_stack([x, y]), delimiter=",")',
    ],
    ['an .xlsx', zipOf('xl/workbook.xml'), 'an Excel workbook (.xlsx); save the sheet as CSV'],
    ['an .xls', latin1('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'), 'an Excel workbook (.xls); save the sheet as CSV'],
    ['a zip', zipOf('data.csv'), 'a zip archive; unpack it, and name the CSV inside'],
    ['a gzip', gzipSync(TEXT), 'compressed with gzip; unpack it with gunzip'],
    [
      'Parquet',
      latin1('PAR1\x15\x04'),
      'a Parquet file; write it with pandas.read_parquet(path).to_csv(path, index=False)',
    ],
    ['HDF5', latin1('\x89HDF\r\n\x1a\n'), 'an HDF5 file; write it as CSV'],
    ['a pickle', latin1('\x80\x04\x95\x10\x00'), 'a Python pickle; write it as CSV'],
    ['UTF-32', latin1('\xff\xfe\x00\x00u\x00\x00\x00'), 'text in UTF-32; save it as UTF-8'],
    [
      'JSON records',
      Buffer.from('[{"u": 1, "c": "a"}]'),
      'JSON; write it with pandas.read_json(path).to_csv(path, index=False)',
    ],
    [
      'JSON lines',
      Buffer.from('{"u": 1}\n{"u": 2}\n'),
      'JSON; write it with pandas.read_json(path).to_csv(path, index=False)',
    ],
    ['a JSON array', Buffer.from('[1, 2, 3]'), 'JSON; write it with pandas.read_json(path).to_csv(path, index=False)'],
    [
      'an HTML page',
      Buffer.from('\n<!DOCTYPE html>\n<html><body>404'),
      'an HTML page, perhaps an error or sign-in page that was saved in place of the data; download the file itself',
    ],
    ['XML', Buffer.from('<?xml version="1.0"?>\n<rows/>'), 'XML; write it as CSV'],
    [
      'a Git LFS pointer',
      Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'),
      'a pointer of Git LFS, not the data; fetch the data with git lfs pull',
    ],
    ['ARFF', Buffer.from('% comment\n@RELATION iris\n'), 'an ARFF file of Weka; write it as CSV'],
    ['LIBSVM', Buffer.from('1 1:0.5 2:-3\n-1 1:0.1 2:4\n'), 'in the format of LIBSVM; write every feature as a column'],
    [
      'other binary content',
      latin1('abc\x00\x01\x02def'),
      'binary, with a zero at byte 3; give delimited text in UTF-8',
    ],
  ])('refuses %s by its name', (_, bytes, message) => {
    expect(() => decodeText(bytes)).toThrow(new Error(`the file is ${message}`));
  });

  it('refuses more than a text can hold, before anything is read', () => {
    // The file is pretended: nothing looks at its bytes.
    const large = Object.defineProperty(new Uint8Array(4), 'length', { value: 600 * 2 ** 20 });
    expect(() => decodeText(large)).toThrow(
      new Error('the file has 600 MiB; at most 500 MiB are read: give fewer rows'),
    );
  });

  it('names the line of Latin-1 text instead of replacing its letters', () => {
    expect(() => decodeText(latin1('u,c\n1,Bern\n2,Z\xfcrich\n'))).toThrow(
      expect.objectContaining({
        message: 'line 3: byte 0xFC is no UTF-8; the file may be in Latin-1 or Windows-1252, save it as UTF-8',
        line: 3,
      }),
    );
  });

  it('reads texts that begin with a bracket or a sign as CSV', () => {
    for (const text of ['[V],[mA],c\n1,2,a\n', '<5,c\n1,a\n', '%,c\n1,a\n', '{a},c\n1,a\n']) {
      expect(decodeText(Buffer.from(text)).text).toBe(text);
    }
  });
});
