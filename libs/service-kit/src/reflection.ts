import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Server } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer, type PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';

// The same bytes for every server of a process, and 100 ms to parse.
let descriptors: PackageDefinition | undefined;

/**
 * Adds server reflection (v1 and v1alpha), so that `grpcurl` and its like need no .proto files. The descriptors are
 * those that the contracts' generation wrote. Only `services` (full names) are listed.
 */
export function addReflection(server: Server, services: readonly string[]): void {
  const path = createRequire(import.meta.url).resolve('@qloom/contracts/gen/descriptors.binpb');
  descriptors ??= loadFileDescriptorSetFromBuffer(readFileSync(path));
  new ReflectionService(descriptors, { services: [...services] }).addToServer(server);
}
