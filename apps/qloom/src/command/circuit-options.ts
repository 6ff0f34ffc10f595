import { readOptions } from '@qloom/qnn/model/qnn-fields.ts';
import type { GivenOptions } from '@qloom/qnn/model/qnn-settings.ts';
import { ANSATZ_NAMES, ANSATZ_TABLE, type AnsatzName } from '@qloom/quantum/ansatz/ansatz-table.ts';
import { ENCODING_NAMES, ENCODINGS, type EncodingName } from '@qloom/quantum/encodings/encoding-table.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { wholeNumber } from './numbers.ts';

/** Values of the options of {@link addAnsatzOptions}. */
export interface AnsatzFlags {
  readonly ansatz?: AnsatzName;
  readonly layers?: number;
  readonly ansatzOption: Readonly<Record<string, string>>;
}

/** Values of the options of {@link addEncodingOptions}. */
export interface EncodingFlags {
  readonly encoding?: EncodingName;
  readonly features?: number;
  readonly encodingOption: Readonly<Record<string, string>>;
}

/** Adds the options that define an ansatz. */
export function addAnsatzOptions(command: Command): Command {
  return command
    .addOption(new Option('--ansatz <name>', 'the trainable circuit').choices(ANSATZ_NAMES))
    .option('--layers <n>', 'layers of the ansatz', wholeNumber(1, 64))
    .option('--ansatz-option <name=value>', 'an option of the ansatz; may be repeated', collectAssignment, {});
}

/** Adds the options that define an encoding. */
export function addEncodingOptions(command: Command): Command {
  return command
    .addOption(new Option('--encoding <name>', 'how features enter the circuit').choices(ENCODING_NAMES))
    .option('--features <n>', 'features (default: one a qubit)', wholeNumber(0, 4096))
    .option('--encoding-option <name=value>', 'an option of the encoding; may be repeated', collectAssignment, {});
}

/** The options of an ansatz from their texts; the circuit's builder refuses those that do not fit. */
export const ansatzOptionsOf = (
  ansatz: AnsatzName,
  { ansatzOption }: Pick<AnsatzFlags, 'ansatzOption'>,
): GivenOptions => readOptions(ANSATZ_TABLE[ansatz].options, ansatzOption);

/** The options of an encoding, likewise. */
export const encodingOptionsOf = (
  encoding: EncodingName,
  { encodingOption }: Pick<EncodingFlags, 'encodingOption'>,
): GivenOptions => readOptions(ENCODINGS[encoding].options, encodingOption);

/** A parser of `name=value` that collects what it has seen. */
function collectAssignment(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It is not name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
