import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Programs that render and validate manifests. `.ci/run` builds them; where they are not, tests that need them are skipped. */
type Tool = 'helm' | 'kubeconform' | 'kube-score';

/** The folder with the tools and, in it, `openapi.json` and `crds/`; undefined where `QLOOM_DEPLOY_TOOLS` is not set. */
export const toolsFolder = process.env['QLOOM_DEPLOY_TOOLS'] || undefined;

/** What is missing of `tools`, in words; undefined when nothing is. */
function missing(tools: readonly Tool[]): string | undefined {
  if (tools.length === 0) return undefined;
  if (toolsFolder === undefined) return 'QLOOM_DEPLOY_TOOLS is not set: .ci/run builds the tools and sets it';
  const absent = tools.filter((tool) => !existsSync(join(toolsFolder, tool)));
  return absent.length > 0 ? `${toolsFolder} has no ${absent.join(', ')}` : undefined;
}

/** A program that renders kustomizations, and its first arguments; undefined when there is none. */
export const kustomize: readonly string[] | undefined = [
  ...(toolsFolder === undefined ? [] : [[join(toolsFolder, 'kustomize'), 'build']]),
  ['kubectl', 'kustomize'],
].find(([program]) => spawnSync(program, ['version', '--client'], { stdio: 'ignore' }).status !== null);

/** Path of a tool. */
export function pathOf(tool: Tool): string {
  return join(toolsFolder ?? '', tool);
}

/** What a program prints. Throws with its errors when it fails, unless its exit code is among `accepted`. */
export async function output(
  program: string,
  given: readonly string[],
  options: { readonly accepted?: readonly number[]; readonly input?: string } = {},
): Promise<string> {
  const child = spawn(program, given, { stdio: 'pipe' });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    texts.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    texts.err += chunk;
  });
  child.stdin.end(options.input);
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code === 0 || options.accepted?.includes(code ?? -1)) return texts.out;
  throw new Error(`${program} ${given.join(' ')} ended with ${code}:\n${texts.err}${texts.out}`);
}

/** A `describe` that needs tools: skipped with a notice where one is missing, unless `QLOOM_REQUIRE_DEPLOY_TOOLS=1`. */
export function describeWithTools(title: string, tools: readonly Tool[], body: () => void): void {
  const problem = missing(tools) ?? (kustomize ? undefined : 'neither kustomize nor kubectl is there');
  if (problem === undefined) {
    describe(title, body);
  } else if (process.env['QLOOM_REQUIRE_DEPLOY_TOOLS'] === '1') {
    describe(title, () => {
      it('finds its tools, since QLOOM_REQUIRE_DEPLOY_TOOLS=1', () => {
        throw new Error(problem);
      });
    });
  } else {
    process.stderr.write(`skipped: ${problem}: ${title}\n`);
    describe.skip(title, body);
  }
}
