import type { DataType } from "../../connectors/spark/protocol/types.ts";

/** The types that a column of a CSV file may be given, as a job writes them. */
export const TYPE =
  /^(?:string|varchar\((\d{1,7})\)|boolean|int|bigint|float|double|date|timestamp|decimal\((\d{1,2}),\s*(\d{1,2})\))$/;

/** A column's type with the length that its text may have. */
export interface Declared {
  type: DataType;
  length?: number;
}

/** Reads `varchar(420)`, `decimal(10,2)`, `int`; the pattern was checked before. */
export function declaredType(text: string): Declared {
  const [, length, precision, scale] = TYPE.exec(text) ?? [];
  if (length) return { type: { kind: "string" }, length: Number(length) };
  if (precision) return { type: { kind: "decimal", precision: Number(precision), scale: Number(scale) } };
  return { type: KINDS[text] ?? { kind: "string" } };
}

const KINDS: Readonly<Record<string, DataType>> = {
  boolean: { kind: "boolean" },
  int: { kind: "integer" },
  bigint: { kind: "long" },
  float: { kind: "float" },
  double: { kind: "double" },
  date: { kind: "date" },
  timestamp: { kind: "timestamp" },
};
