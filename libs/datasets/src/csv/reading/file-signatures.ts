/** A kind of file that is no delimited text, and what to do about it. */
export interface FileKind {
  /** Kind of file, as a continuation of "the file is". */
  readonly what: string;
  /** How to obtain a delimited text. */
  readonly remedy: string;
}

const UNPACK = 'unpack it, and name the CSV inside';
const EXPORT = 'write it as CSV';

/** First bytes (text as Latin-1) of files that are often taken for a CSV. */
const SIGNATURES: readonly (readonly [signature: string, kind: FileKind])[] = [
  ['\x93NUMPY', { what: 'a NumPy array (.npy)', remedy: 'write it with numpy.savetxt(path, array, delimiter=",")' }],
  ['PAR1', { what: 'a Parquet file', remedy: 'write it with pandas.read_parquet(path).to_csv(path, index=False)' }],
  [
    'ARROW1',
    { what: 'an Arrow (Feather) file', remedy: 'write it with pandas.read_feather(path).to_csv(path, index=False)' },
  ],
  ['FEA1', { what: 'a Feather file', remedy: 'write it with pandas.read_feather(path).to_csv(path, index=False)' }],
  ['\x89HDF\r\n', { what: 'an HDF5 file', remedy: EXPORT }],
  ['\x1f\x8b', { what: 'compressed with gzip', remedy: 'unpack it with gunzip' }],
  ['BZh', { what: 'compressed with bzip2', remedy: 'unpack it with bunzip2' }],
  ['\xfd7zXZ', { what: 'compressed with xz', remedy: 'unpack it with unxz' }],
  ['\x28\xb5\x2f\xfd', { what: 'compressed with Zstandard', remedy: 'unpack it with unzstd' }],
  ["7z\xbc\xaf'\x1c", { what: 'a 7-Zip archive', remedy: UNPACK }],
  ['\xd0\xcf\x11\xe0', { what: 'an Excel workbook (.xls)', remedy: 'save the sheet as CSV' }],
  ['MATLAB 5.0', { what: 'a MATLAB file', remedy: 'write it with writematrix(x, "data.csv")' }],
  ['SQLite format 3', { what: 'an SQLite database', remedy: EXPORT }],
  ['%PDF', { what: 'a PDF document', remedy: EXPORT }],
  ['\x89PNG', { what: 'a PNG image', remedy: 'give a table of features' }],
  ['\x80\x02', { what: 'a Python pickle', remedy: EXPORT }],
  ['\x80\x03', { what: 'a Python pickle', remedy: EXPORT }],
  ['\x80\x04', { what: 'a Python pickle', remedy: EXPORT }],
  ['\x80\x05', { what: 'a Python pickle', remedy: EXPORT }],
];

/** What a file is by its first bytes; undefined where it may be text. */
export function binaryKind(bytes: Uint8Array): FileKind | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64 * 1024)).toString('latin1');
  if (head.startsWith('PK\x03\x04') || head.startsWith('PK\x05\x06')) return zipKind(head);
  return SIGNATURES.find(([signature]) => head.startsWith(signature))?.[1];
}

/** The kind of a zip archive follows from the names of its members. */
function zipKind(head: string): FileKind {
  if (head.includes('.npy')) {
    return {
      what: 'an archive of NumPy arrays (.npz)',
      remedy: 'write features and label with numpy.savetxt(path, numpy.column_stack([x, y]), delimiter=",")',
    };
  }
  if (head.includes('xl/')) return { what: 'an Excel workbook (.xlsx)', remedy: 'save the sheet as CSV' };
  if (head.includes('opendocument.spreadsheet')) {
    return { what: 'an OpenDocument spreadsheet (.ods)', remedy: 'save the sheet as CSV' };
  }
  return { what: 'a zip archive', remedy: UNPACK };
}

/** What a text is that holds no delimited rows; undefined where it may be a CSV. */
export function textKind(text: string): FileKind | undefined {
  const head = text.slice(0, 4096).trimStart();
  if (/^<(!doctype html|html|head|body)\b/i.test(head)) {
    return {
      what: 'an HTML page, perhaps an error or sign-in page that was saved in place of the data',
      remedy: 'download the file itself',
    };
  }
  if (/^<(\?xml|[a-z][\w:-]*[\s>/])/i.test(head)) return { what: 'XML', remedy: EXPORT };
  if (head.startsWith('version https://git-lfs.github.com/spec/')) {
    return { what: 'a pointer of Git LFS, not the data', remedy: 'fetch the data with git lfs pull' };
  }
  if (isJson(text, head)) {
    return { what: 'JSON', remedy: 'write it with pandas.read_json(path).to_csv(path, index=False)' };
  }
  if (/^(?:%[^\n]*\n\s*)*@relation\b/i.test(head)) return { what: 'an ARFF file of Weka', remedy: EXPORT };
  if (/^[+-]?\d+(\.\d+)?([ \t]+\d+:[+-]?[\d.eE+-]+)+\s/.test(head)) {
    return { what: 'in the format of LIBSVM', remedy: 'write every feature as a column' };
  }
  return undefined;
}

/** One document, or an object on every line. */
function isJson(text: string, head: string): boolean {
  if (/^\{\s*"/.test(head)) return true;
  if (!head.startsWith('[')) return false;
  if (/^\[\s*[[{]/.test(head)) return true;
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}
