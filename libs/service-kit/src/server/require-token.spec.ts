import { writeFile } from 'node:fs/promises';
import { status } from '@grpc/grpc-js';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { service as healthDefinition } from 'grpc-health-check';
import { connect } from '../client/clients.ts';
import { callWith, serveSecure } from '../testing/serve-secure.ts';
import { TokenFileError, watchTokens } from '../tls/tokens.ts';
import type { RpcMethod } from './definition.ts';
import type { RunningServer } from './server.ts';

type Check = RpcMethod<{ service: string }, { status: string }> & { requestStream: false; responseStream: false };
const HEALTH = healthDefinition as unknown as { Check: Check };

const TOKEN = 'c0ffee00c0ffee00';
let folder: TempFolder;
let server: RunningServer | undefined;

beforeEach(async () => {
  folder = await createTempFolder();
});
afterEach(async () => {
  await server?.shutdown(50);
  server = undefined;
  await folder.remove();
});

/** A server that accepts the tokens of a file with this content. */
async function serveWith(content: string, everyMs?: number) {
  const path = folder.file('tokens');
  await writeFile(folder.file('tokens'), content);
  const tokens = watchTokens(path, { warn: () => {}, everyMs });
  server = await serveSecure({ files: {}, tokens: () => tokens.current });
  return { target: server.target, tokens };
}
const sending = (token: string) => ({ token: () => token });

describe('a server with tokens', () => {
  it('serves callers that send one of them', async () => {
    const { target } = await serveWith(`${TOKEN}\n\nanother-token-of-mine\n`);
    expect(await callWith(target, undefined, sending(TOKEN))).toBeUndefined();
    expect(await callWith(target, undefined, sending('another-token-of-mine'))).toBeUndefined();
  });

  it('refuses a call without a token, and with one that is wrong, as UNAUTHENTICATED with what would be right', async () => {
    const { target } = await serveWith(TOKEN);
    const right =
      'right would be the metadata "authorization: Bearer <token>" with a token of this server\'s QLOOM_TOKEN_FILE';
    expect(await callWith(target)).toEqual({
      code: status.UNAUTHENTICATED,
      details: `the call has no token; ${right}`,
    });
    for (const wrong of [TOKEN.slice(1), `${TOKEN}0`, TOKEN.toUpperCase()]) {
      expect(await callWith(target, undefined, sending(wrong))).toEqual({
        code: status.UNAUTHENTICATED,
        details: `the token is not one that this server accepts; ${right}`,
      });
    }
  });

  it('answers health without a token, so that it can be probed', async () => {
    const { target } = await serveWith(TOKEN);
    const health = connect(HEALTH, target);
    expect(await health.Check({ service: 'ready' })).toEqual({ status: 'SERVING' });
    health.close();
  });

  it('accepts the tokens that its file has now', async () => {
    const { target, tokens } = await serveWith(TOKEN, 2);
    const changed = new Promise((resolve) => tokens.onChange(resolve));
    await writeFile(folder.file('tokens'), 'a-token-of-tomorrow');
    await changed;
    expect(await callWith(target, undefined, sending('a-token-of-tomorrow'))).toBeUndefined();
    expect(await callWith(target, undefined, sending(TOKEN))).toMatchObject({ code: status.UNAUTHENTICATED });
    tokens.close();
  });
});

describe('a file of tokens', () => {
  it.each([
    ['', /tokens is empty; right would be a token a line/],
    ['\n \n', /tokens is empty/],
    [`${TOKEN}\nhas a space in it`, /tokens, line 2 is no token; right would be letters/],
    ['short', /tokens has a token of fewer than 16 characters/],
  ])('is refused where it holds %j, without a word of it', async (content, message) => {
    await writeFile(folder.file('tokens'), content);
    const open = () => watchTokens(folder.file('tokens'), { warn: () => {} });
    expect(open).toThrow(TokenFileError);
    expect(open).toThrow(message);
  });
});

describe('a listener for health alone', () => {
  it('answers probes without a token, and nothing else', async () => {
    server = await serveSecure({
      files: {},
      tokens: () => [],
      healthListen: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    });
    const target = server.healthTarget as string;
    expect(target).not.toBe(server.target);
    const health = connect(HEALTH, target);
    expect(await health.Check({ service: 'ready' })).toEqual({ status: 'SERVING' });
    server.setReady(false);
    expect(await health.Check({ service: 'ready' })).toEqual({ status: 'NOT_SERVING' });
    health.close();
    expect(await callWith(target)).toMatchObject({ code: status.UNIMPLEMENTED });
  });
});
