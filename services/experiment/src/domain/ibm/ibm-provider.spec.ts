import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { openIbmWorld } from '../../testing/ibm-world.ts';

const NEVER = new AbortController().signal;

describe('the provider ibm', () => {
  it.each([
    ['', {}, 'apiKeyFile: is missing; right would be the path of a file with an API key, or QLOOM_IBM_API_KEY'],
    ['apiKeyFile: /nowhere/key', {}, 'apiKeyFile: cannot be read (ENOENT)'],
    ['url: http://example.com', undefined, 'Map keys must be unique'],
    ['pollSeconds: 0', undefined, 'pollSeconds: is 0; right would be a number from 0.01 to 3600'],
    ['shots: 3', undefined, 'shots: is unknown'],
  ])('refuses %j in the environment %j', async (fields, env, message) => {
    await expect(openIbmWorld({}, fields, env)).rejects.toThrow(message);
  });

  it.each([
    ['the key alone', (key: string) => `${key}\n`],
    ["IBM's export", (key: string) => JSON.stringify({ name: 'qloom', apikey: key })],
  ])('reads the key from a file with %s', async (_, write) => {
    const folder = await createTempFolder();
    const file = join(folder.path, 'key');
    await writeFile(file, write('emulated-api-key'));
    const world = await openIbmWorld({}, `apiKeyFile: ${file}`, {});
    expect((await world.backend.describe(NEVER)).qubits).toBe(27);
    await world.close();
    await folder.remove();
  });
});
