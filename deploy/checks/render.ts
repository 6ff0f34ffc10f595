import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVICES } from '@qloom/study-rpc/services.ts';
import { parseAllDocuments } from 'yaml';
import { type Combination, selected } from './options.ts';
import { kustomize, output, pathOf } from './tools.ts';

/** The folder `deploy`. */
export const DEPLOY = fileURLToPath(new URL('..', import.meta.url));

/** An object of Kubernetes as manifests state it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** The objects of a text with YAML documents; empty documents are left out. YAML 1.1, as Kubernetes reads it. */
export function parseManifests(text: string): Manifest[] {
  const documents = parseAllDocuments(text, { version: '1.1', merge: true });
  return documents.map((document) => document.toJS() as Manifest).filter((manifest) => manifest !== null);
}

/** The manifests of an overlay in a folder. */
function buildFolder(folder: string): Promise<string> {
  if (kustomize === undefined) throw new Error('neither kustomize nor kubectl is there');
  return output(kustomize[0], [...kustomize.slice(1), folder]);
}

/** The manifests of an overlay of the base with more of its own. */
export async function buildOverlay(overlay: {
  readonly components: readonly string[];
  readonly patches?: readonly object[];
}): Promise<string> {
  const swaps = ['generator', 'discriminator', 'qnn-sim', 'policy'].map((name) => `swap-${name}`);
  const ours = SERVICES.flatMap(({ image }) => [image, `${image}-cuda`]);
  const folder = mkdtempSync(join(DEPLOY, 'k8s/overlays/test-'));
  try {
    const kustomization = {
      namespace: 'qloom',
      resources: ['../../base'],
      components: overlay.components.map((name) => `../../components/${name}`),
      images: [
        ...ours.map((name) => ({ name, newTag: '0.1.0' })),
        ...swaps.map((name) => ({ name, newName: `registry.example.com/${name}`, newTag: '0.1.0' })),
      ],
      patches: overlay.patches ?? [],
    };
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    return await buildFolder(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The manifests of a combination, from base and components. */
export function buildCombination(combination: Combination): Promise<string> {
  return buildOverlay({ components: selected(combination).components });
}

/** The manifests of the chart with values as `--set` takes them. */
export function renderChart(values: readonly string[]): Promise<string> {
  const set = values.flatMap((value) => ['--set', value]);
  return output(pathOf('helm'), ['template', 'qloom', join(DEPLOY, 'helm/qloom'), '--namespace', 'qloom', ...set]);
}
