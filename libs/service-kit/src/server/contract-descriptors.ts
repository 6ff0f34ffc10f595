import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadFileDescriptorSetFromBuffer, type PackageDefinition } from '@grpc/proto-loader';

// The same bytes for every server of a process, and 100 ms to parse.
let descriptors: PackageDefinition | undefined;

/** The descriptors of all contracts, as their generation wrote them. */
export function contractDescriptors(): PackageDefinition {
  const path = createRequire(import.meta.url).resolve('@qloom/contracts/gen/descriptors.binpb');
  return (descriptors ??= loadFileDescriptorSetFromBuffer(readFileSync(path)));
}

/**
 * The message that a method of the contracts takes, such as `qloom.generator.v1.SampleRequest`, by the method's path
 * `/package.Service/Method`; undefined for a method of another contract.
 */
export function requestTypeOf(path: string): string | undefined {
  const [, service, method] = path.split('/');
  const types = contractDescriptors();
  const methods = types[service] as Record<string, { requestType?: { type?: { name?: string } } }> | undefined;
  const name = methods?.[method]?.requestType?.type?.name;
  if (name === undefined) return undefined;
  // A descriptor has the name alone. A message of another package, which few methods take, has a name of its own.
  const neighbour = `${service.slice(0, service.lastIndexOf('.'))}.${name}`;
  return neighbour in types ? neighbour : Object.keys(types).find((type) => type.endsWith(`.${name}`));
}
