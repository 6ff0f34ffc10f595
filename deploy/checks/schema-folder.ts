import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Schema, schemasOfCustomResource, schemasOfKinds } from './strict-schemas.ts';

/**
 * Writes the schemas of Kubernetes' kinds and of custom resources into `folder`, from `openapi.json` and `crds/*.yaml` in
 * `sources`.
 */
export function writeSchemas(sources: string, folder: string): void {
  const openapi = JSON.parse(readFileSync(join(sources, 'openapi.json'), 'utf8'));
  const write = (schemas: ReadonlyMap<string, Schema>): void => {
    for (const [name, schema] of schemas) writeFileSync(join(folder, name), JSON.stringify(schema));
  };
  write(schemasOfKinds(openapi));
  for (const file of readdirSync(join(sources, 'crds'))) {
    write(schemasOfCustomResource(parse(readFileSync(join(sources, 'crds', file), 'utf8')), openapi));
  }
}
