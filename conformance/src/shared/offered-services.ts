import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { status } from '@grpc/grpc-js';
import { connect } from '@qloom/service-kit/client/clients.ts';
import type { RpcMethod } from '@qloom/service-kit/server/definition.ts';
import { type Check, CheckSkipped, listChecks, must } from '../check.ts';
import type { SuiteOptions } from '../suite.ts';
import { outcomeOf } from './refusals.ts';

/** Health names that the probes of a Kubernetes deployment request: liveness, readiness. */
const HEALTH_NAMES = ['live', 'ready'] as const;
const SERVING = 1;

/** Checks of optional services for deployments: health by name, reflection. Neither is required. */
export function offeredServicesChecks(
  { target, deadlineMs, connection }: SuiteOptions,
  serviceNames: readonly string[],
): Check[] {
  const list = listChecks('grpc.health.v1.Health and grpc.reflection.v1.ServerReflection');
  for (const name of HEALTH_NAMES) {
    list.promise(`health answers SERVING under "${name}"`, async () => {
      const health = connect(HEALTH, target, connection);
      try {
        let serving: number | undefined;
        const { code } = await outcomeOf(health.check(name, { deadlineMs }).then((answer) => (serving = answer)));
        if (code === status.UNIMPLEMENTED) {
          throw new CheckSkipped('the service has no gRPC health; probes of a deployment would need it');
        }
        must(code !== status.NOT_FOUND, `"${name}" is not known`, 'SERVING: it is what the probes ask for');
        must(code === status.OK, `health ended as ${status[code]}`, 'SERVING');
        must(serving === SERVING, `"${name}" has the serving status ${serving}`, 'SERVING (1)');
      } finally {
        health.close();
      }
    });
  }
  list.promise('reflection lists the service', async () => {
    const reflection = connect(REFLECTION, target, connection);
    const call = reflection.serverReflectionInfo({ deadlineMs });
    try {
      let listed: readonly string[] = [];
      const { code } = await outcomeOf(call.exchange('').then((names) => (listed = names)));
      if (code === status.UNIMPLEMENTED) {
        throw new CheckSkipped('the service has no server reflection; grpcurl would need its .proto files');
      }
      must(code === status.OK, `reflection ended as ${status[code]}`, 'a list of services');
      for (const name of serviceNames) must(listed.includes(name), `${listed.join(', ')} are listed`, `${name} too`);
    } finally {
      call.cancel();
      reflection.close();
    }
  });
  return [...list.checks];
}

// Two well-known methods, as far as they are needed here; neither package offers a definition for ts-proto's clients.

/** HealthCheckRequest {string service = 1} → HealthCheckResponse {ServingStatus status = 1}. */
const HEALTH = {
  check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false as const,
    responseStream: false as const,
    requestSerialize: (name: string) => bufferOf(new BinaryWriter().uint32(10).string(name)),
    requestDeserialize: (bytes: Buffer) => fieldText(bytes, 1)[0] ?? '',
    responseSerialize: (serving: number) => bufferOf(new BinaryWriter().uint32(8).int32(serving)),
    responseDeserialize(bytes: Buffer): number {
      const reader = new BinaryReader(bytes);
      return reader.len === 0 || reader.uint32() !== 8 ? 0 : reader.int32();
    },
  } satisfies RpcMethod<string, number>,
};

/** ServerReflectionRequest {string list_services = 7} → names of ListServiceResponse (6, its services 1, their names 1). */
const REFLECTION = {
  serverReflectionInfo: {
    path: '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    requestStream: true as const,
    responseStream: true as const,
    requestSerialize: (content: string) => bufferOf(new BinaryWriter().uint32(58).string(content)),
    requestDeserialize: (bytes: Buffer) => fieldText(bytes, 7)[0] ?? '',
    responseSerialize: () => Buffer.alloc(0),
    responseDeserialize: (bytes: Buffer): readonly string[] =>
      fields(bytes, 6)
        .flatMap((list) => fields(list, 1))
        .flatMap((service) => fieldText(service, 1)),
  } satisfies RpcMethod<string, readonly string[]>,
};

/** The length-delimited fields of a message with one number. */
function fields(bytes: Uint8Array, wanted: number): Uint8Array[] {
  const reader = new BinaryReader(bytes);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === wanted) found.push(reader.bytes());
    else reader.skip(wireType);
  }
  return found;
}

const fieldText = (bytes: Uint8Array, wanted: number) =>
  fields(bytes, wanted).map((text) => new TextDecoder().decode(text));

const bufferOf = (writer: BinaryWriter): Buffer => Buffer.from(writer.finish());
