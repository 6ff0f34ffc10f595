import { createLexer, type Token } from './lexer.ts';

/**
 * The version of OpenQASM of a program: that of its header; without a header, 2 if it includes qelib1.inc, which
 * belongs to OpenQASM 2, else 3, whose header is optional. Null if the header names another version. Throws
 * OpenQasmError.
 */
export function versionOf(
  source: string,
  file: string,
): { readonly version: 2 | 3 | null; readonly header: Token | null } {
  const lex = createLexer(source, file);
  let before = lex();
  if (before.kind === 'identifier' && before.text === 'OPENQASM') {
    const header = lex();
    if (/^2(\.0)?$/.test(header.text)) return { version: 2, header };
    return { version: /^3(\.[01])?$/.test(header.text) ? 3 : null, header };
  }
  while (before.kind !== 'end') {
    const token = lex();
    if (before.text === 'include' && token.kind === 'string' && token.text === 'qelib1.inc')
      return { version: 2, header: null };
    before = token;
  }
  return { version: 3, header: null };
}
