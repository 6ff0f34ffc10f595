import {
  createFileRegistry,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  type JsonValue,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** A message as a program with certain contracts reads it. */
export interface ReadMessage {
  /** The fields that the contracts have. */
  readonly json: JsonValue;
  /** The bytes that such a program would pass on, fields that it does not know included. */
  readonly passedOn: Uint8Array;
}

/** Reads messages with the contracts of a serialized `FileDescriptorSet`, without generated code. */
export function contractsReader(descriptors: Uint8Array): (type: string, bytes: Uint8Array) => ReadMessage {
  const registry: FileRegistry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors));
  const messageOf = (type: string): DescMessage => {
    const message = registry.getMessage(type);
    if (message === undefined) throw new Error(`${type} is not a message of these contracts`);
    return message;
  };
  return (type, bytes) => {
    const schema = messageOf(type);
    const message = fromBinary(schema, bytes);
    return { json: toJson(schema, message, { registry }), passedOn: toBinary(schema, message) };
  };
}
