import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { contractDescriptors } from './contract-descriptors.ts';

/**
 * Adds server reflection (v1 and v1alpha), so that `grpcurl` and its like need no .proto files. The descriptors are
 * those that the contracts' generation wrote. Only `services` (full names) are listed.
 */
export function addReflection(server: Server, services: readonly string[]): void {
  new ReflectionService(contractDescriptors(), { services: [...services] }).addToServer(server);
}
