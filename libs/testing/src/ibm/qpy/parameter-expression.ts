import { type Angle, collected, constant, parameter, scaled, sum } from '@qloom/quantum/gates/angle.ts';
import { type ByteReader, createByteReader } from './byte-reader.ts';

/** Names of parameters and their indices, in the order in which they are met. */
export type ParameterTable = Map<string, number>;

/** Reads PARAMETER: adds it to the table and returns its identifier and angle. */
export function readParameter(
  reader: ByteReader,
  table: ParameterTable,
): { readonly uuid: string; readonly angle: Angle } {
  const size = reader.u16();
  const uuid = reader.bytes(16).toString('hex');
  const name = reader.text(size);
  if (!table.has(name)) table.set(name, table.size);
  return { uuid, angle: parameter(table.get(name) ?? 0) };
}

/**
 * Reads PARAMETER_EXPR (versions 13 to 17): a list of operations on a stack. Throws for what is not linear in the parameters, which no
 * transpilation to rotations needs.
 */
export function readExpression(reader: ByteReader, table: ParameterTable): Angle {
  const symbols = reader.u64();
  const operations = createByteReader(reader.bytes(reader.u64()));
  const byUuid = new Map<string, Angle>();
  for (let i = 0; i < symbols; i++) {
    const [kind, type] = [reader.text(1), reader.text(1)];
    const size = reader.u64();
    if (kind !== 'p' || type !== 'p') throw new Error(`QPY: symbols of the kinds ${kind}, ${type} are not read`);
    const { uuid, angle } = readParameter(reader, table);
    reader.bytes(size);
    byUuid.set(uuid, angle);
  }
  const stack: Angle[] = [];
  const operand = () => {
    const type = operations.text(1);
    const field = operations.bytes(16);
    if (type === 'n') return;
    if (type === 'f') stack.push(constant(field.readDoubleBE(8)));
    else if (type === 'i') stack.push(constant(Number(field.readBigInt64BE(8))));
    else if (type === 'p') stack.push(byUuid.get(field.toString('hex')) ?? constant(Number.NaN));
    else throw new Error(`QPY: operands of the kind ${type} are not read`);
  };
  while (!operations.done) {
    const code = operations.u8();
    operand();
    operand();
    stack.push(apply(code, stack));
  }
  return collected(stack[stack.length - 1]);
}

function apply(code: number, stack: Angle[]): Angle {
  const right = stack.pop() ?? constant(Number.NaN);
  const left = stack.pop() ?? constant(Number.NaN);
  const isNumber = ({ terms }: Angle) => terms.length === 0;
  if (code === 0) return sum(left, right);
  if (code === 1) return sum(left, scaled(right, -1));
  if (code === 18) return sum(right, scaled(left, -1));
  if (code === 2 && isNumber(right)) return scaled(left, right.constant);
  if (code === 2 && isNumber(left)) return scaled(right, left.constant);
  if (code === 3 && isNumber(right)) return scaled(left, 1 / right.constant);
  throw new Error(`QPY: the operation ${code} of a parameter expression is not linear`);
}
