import type { DataType } from "../spark/types.ts";
import { quote } from "./names.ts";

/** What the hash needs to know of a column: its name and the type it has on both sides. */
export interface HashedColumn {
  name: string;
  target: DataType;
}

/** A 64-bit hash of a row as Spark SQL. Nulls count: Spark's own hash passes over them, so every value comes with its null flag. */
export function rowHash(columns: readonly HashedColumn[], salt: string): string {
  return `xxhash64('${salt}', ${columns.flatMap(column => parts(quote(column.name), column.target)).join(", ")})`;
}

/** A 64-bit hash of one column's value; equal values of different columns have different hashes. */
export function columnHash(column: HashedColumn, position: number): string {
  return `xxhash64('${position}', ${parts(quote(column.name), column.target).join(", ")})`;
}

function parts(value: string, type: DataType): string[] {
  return [`isnull(${value})`, ...values(value, type, 0)];
}

// What is hashed for a value: itself, or for nested types all that is in it, each with a null flag of its own.
function values(value: string, type: DataType, depth: number): string[] {
  switch (type.kind) {
    case "float":
    case "double":
      // The hash takes 0.0 and -0.0 for one value; their texts differ.
      return [value, `if(${value} = 0, cast(${value} as string), '')`];
    case "array":
      return [`size(${value})`, `transform(${value}, e${depth} -> ${packed(`e${depth}`, type.element, depth + 1)})`];
    case "struct":
      return type.fields.flatMap(field => {
        const inner = `${value}.${quote(field.name)}`;
        return [`isnull(${inner})`, ...values(inner, field.type, depth)];
      });
    case "map":
      return [`size(${value})`, sortedEntries(value, type, depth)];
    default:
      return [value];
  }
}

// Maps have no order and can't be hashed or compared: their entries become structs first, then they are sorted.
function sortedEntries(value: string, type: Extract<DataType, { kind: "map" }>, depth: number): string {
  const entry = `e${depth}`;
  const inner = [
    ...values(`${entry}.key`, type.key, depth + 1),
    `isnull(${entry}.value)`,
    ...values(`${entry}.value`, type.value, depth + 1),
  ];
  return `array_sort(transform(map_entries(${value}), ${entry} -> struct(${inner.join(", ")})))`;
}

function packed(value: string, type: DataType, depth: number): string {
  return `struct(isnull(${value}), ${values(value, type, depth).join(", ")})`;
}
