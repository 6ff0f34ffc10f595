import type { Server } from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { contractDescriptors } from './contract-descriptors.ts';

/**
 * Adds server reflection (v1 and v1alpha), so that `grpcurl` and its like need no .proto files. The descriptors are
 * those that the contracts' generation wrote. Only `services` (full names) are listed.
 */
export function addReflection(server: Server, services: readonly string[]): void {
  new ReflectionService(withFilesOnce(contractDescriptors()), { services: [...services] }).addToServer(server);
}

/**
 * One type that has every file once. Each type of a definition has all files of its package and of what that imports, and the
 * reflection parses the files of every type: two thousand for a dozen.
 */
function withFilesOnce(descriptors: PackageDefinition): PackageDefinition {
  const types = Object.values(descriptors).flatMap((type) =>
    Array.isArray(type['fileDescriptorProtos']) ? [type] : [],
  );
  const files = new Set(types.flatMap((type) => type['fileDescriptorProtos'] as Buffer[]));
  return types.length === 0
    ? {}
    : { files: { ...types[0], fileDescriptorProtos: [...files] } as PackageDefinition[string] };
}
