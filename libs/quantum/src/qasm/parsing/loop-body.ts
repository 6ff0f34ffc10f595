import type { Statement } from './syntax.ts';
import type { TokenStream } from './token-stream.ts';

/** Throws OpenQasmError if a block, or a loop in it, has a statement of a kind that is not allowed. */
export function checkBody(
  tokens: TokenStream,
  body: readonly Statement[],
  where: string,
  allowed: readonly Statement['kind'][],
): void {
  for (const statement of body) {
    if (!allowed.includes(statement.kind)) {
      tokens.fail(
        statement,
        `${where} may contain statements of the kinds ${allowed.join(', ')}, not ${statement.kind}`,
      );
    }
    if (statement.kind === 'for') checkBody(tokens, statement.body, where, allowed);
  }
}
