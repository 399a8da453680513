import { createRequire } from "node:module";
import type { Data } from "apache-arrow";
import { SparkError } from "../errors.ts";
import { dateText, decimalText, timestampText } from "./text.ts";

// In one file; its modules are 146, and a tenth of a second of every engine's start.
const arrow: typeof import("apache-arrow") = createRequire(import.meta.url)("apache-arrow/Arrow.es2015.min");
const { DataType, tableFromIPC, Vector } = arrow;

/** A value of a row: 64-bit integers are bigints; decimals, dates and times are text; structs and maps are objects. */
export type Value = string | number | bigint | boolean | null | Uint8Array | Value[] | { [name: string]: Value };

/** A row by column name. Of two columns with one name the last counts. */
export type Row = Record<string, Value>;

/** The rows of one Arrow IPC stream, as Spark sends it for each batch. */
export function rowsOf(stream: Uint8Array): Row[] {
  return tableFromIPC(stream).batches.flatMap(batch => {
    const columns = batch.schema.fields.map(
      (field, index) => [field.name, reader(batch.data.children[index]!)] as const,
    );
    return Array.from({ length: batch.numRows }, (_, row) => record(columns, row));
  });
}

type Read = (index: number) => Value;

function reader(data: Data): Read {
  const read = present(data);
  return index => (data.getValid(index) ? read(index) : null);
}

function present(data: Data): Read {
  const { type, values, children, valueOffsets } = data;
  if (DataType.isNull(type)) return () => null;
  if (DataType.isDecimal(type)) return index => decimalText(values.subarray(index * 4, index * 4 + 4), type.scale);
  if (DataType.isDate(type)) return index => dateText(values[index]);
  if (DataType.isTimestamp(type)) return index => timestampText(values[index], type.timezone != null);
  if (DataType.isStruct(type)) {
    const fields = type.children.map((field, index) => [field.name, reader(children[index]!)] as const);
    return index => record(fields, index);
  }
  if (DataType.isList(type) || DataType.isLargeList(type)) {
    const element = reader(children[0]!);
    return index => span(valueOffsets, index).map(element);
  }
  if (DataType.isMap(type)) {
    const [key, value] = children[0]!.children.map(reader) as [Read, Read];
    return index => Object.fromEntries(span(valueOffsets, index).map(at => [mapKey(key(at)), value(at)]));
  }
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) return fromVector(data, bytes => Uint8Array.from(bytes));
  if (PLAIN.some(is => is(type))) return fromVector(data, value => value);
  throw new SparkError(`Rows with a column of type ${type} cannot be read: cast it to string in the SQL.`);
}

const PLAIN = [DataType.isInt, DataType.isFloat, DataType.isBool, DataType.isUtf8, DataType.isLargeUtf8];

function fromVector(data: Data, convert: (value: Value & Uint8Array) => Value): Read {
  const vector = new Vector([data]);
  return index => convert(vector.get(index));
}

function span(offsets: ArrayLike<number | bigint>, index: number): number[] {
  const from = Number(offsets[index]);
  return Array.from({ length: Number(offsets[index + 1]) - from }, (_, position) => from + position);
}

function record(columns: (readonly [string, Read])[], index: number): Row {
  return Object.fromEntries(columns.map(([name, read]) => [name, read(index)]));
}

function mapKey(key: Value): string {
  return typeof key === "object"
    ? JSON.stringify(key, (_, value) => (typeof value === "bigint" ? `${value}` : value))
    : String(key);
}
