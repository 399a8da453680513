import { icebergType, type TableColumn } from "../../connectors/iceberg/layout/columns.ts";
import { quote } from "../../connectors/iceberg/names.ts";
import { type DataType, ddl } from "../../connectors/spark/protocol/types.ts";

/** A column that both sides have, and the type that its values are compared in. */
export interface Pair {
  name: string;
  left: TableColumn;
  right: TableColumn;
  /** Named `target` as the proof's own columns are: it is what the hash is taken of. */
  target: DataType;
}

/** How the columns of two sides go together. */
export interface Paired {
  pairs: Pair[];
  /** Columns and fields that one side alone has. */
  onlyLeft: string[];
  onlyRight: string[];
  /** Casts, and what they mean for the comparison. */
  notes: string[];
  /** Columns whose types can't be compared, in words. */
  wrong: string[];
}

/** Pairs columns by name, whatever their case and place. */
export function pairSides(
  left: readonly TableColumn[],
  right: readonly TableColumn[],
  ignore: readonly string[],
): Paired {
  const ignored = new Set(ignore.map(fold));
  const rest = new Map(right.filter(({ name }) => !ignored.has(fold(name))).map(column => [fold(column.name), column]));
  const paired: Paired = { pairs: [], onlyLeft: [], onlyRight: [], notes: [], wrong: [] };
  for (const column of left) {
    if (ignored.has(fold(column.name))) continue;
    const other = rest.get(fold(column.name));
    rest.delete(fold(column.name));
    if (!other) paired.onlyLeft.push(column.name);
    else pair(column, other, paired);
  }
  paired.onlyRight.push(...[...rest.values()].map(({ name }) => name));
  return paired;
}

function pair(left: TableColumn, right: TableColumn, paired: Paired): void {
  const target = commonType(left.source, right.source, left.name, paired);
  const types = `${ddl(left.source)} on the left and ${ddl(right.source)} on the right`;
  if (!target) {
    paired.wrong.push(`${left.name} is ${types}`);
    return;
  }
  paired.pairs.push({ name: left.name, left, right, target });
  const isPlain = ddl(icebergType(left.source)) === ddl(icebergType(right.source));
  if (isPlain) return;
  const why = losesDigits(left.source, right.source, target)
    ? ", so digits that a double does not hold are not compared"
    : [left, right].some(({ source }) => source.kind === "timestamp") && target.kind === "timestamp"
      ? ", a time without a zone taken as one in UTC"
      : "";
  paired.notes.push(`column ${left.name}: ${types} are compared as ${ddl(target)}${why}`);
}

/** The type that holds the values of both, as exactly as there is one; undefined where there is none. */
function commonType(a: DataType, b: DataType, path: string, found: Paired): DataType | undefined {
  const [left, right] = [icebergType(a), icebergType(b)];
  if (ddl(left) === ddl(right)) return left;
  if (left.kind === "null") return right;
  if (right.kind === "null") return left;
  if (left.kind === "struct" && right.kind === "struct") return commonStruct(left, right, path, found);
  if (left.kind === "array" && right.kind === "array") {
    const element = commonType(left.element, right.element, `${path}.element`, found);
    return element && { kind: "array", element };
  }
  if (left.kind === "map" && right.kind === "map") {
    const key = commonType(left.key, right.key, `${path}.key`, found);
    const value = commonType(left.value, right.value, `${path}.value`, found);
    return key && value && { kind: "map", key, value };
  }
  return commonNumber(left, right) ?? commonTime(left, right) ?? commonText(left, right);
}

type Struct = Extract<DataType, { kind: "struct" }>;

function commonStruct(left: Struct, right: Struct, path: string, found: Paired): DataType | undefined {
  const fields: Struct["fields"] = [];
  const rest = new Map(right.fields.map(field => [fold(field.name), field]));
  for (const field of left.fields) {
    const other = rest.get(fold(field.name));
    rest.delete(fold(field.name));
    const inner = `${path}.${field.name}`;
    if (!other) {
      found.onlyLeft.push(inner);
      continue;
    }
    const type = commonType(field.type, other.type, inner, found);
    if (!type) return undefined;
    fields.push({ ...field, type, nullable: true });
  }
  found.onlyRight.push(...[...rest.values()].map(({ name }) => `${path}.${name}`));
  return fields.length > 0 ? { kind: "struct", fields } : undefined;
}

const WHOLE: Readonly<Record<string, number>> = { integer: 10, long: 19 };

function commonNumber(left: DataType, right: DataType): DataType | undefined {
  const [a, b] = [asDecimal(left), asDecimal(right)];
  if (isFloating(left) || isFloating(right))
    return (a || isFloating(left)) && (b || isFloating(right)) ? { kind: "double" } : undefined;
  if (!a || !b) return undefined;
  if (left.kind !== "decimal" && right.kind !== "decimal") return { kind: "long" };
  const scale = Math.max(a.scale, b.scale);
  const precision = Math.max(a.precision - a.scale, b.precision - b.scale) + scale;
  return precision <= 38 ? { kind: "decimal", precision, scale } : undefined;
}

function asDecimal(type: DataType): { precision: number; scale: number } | undefined {
  if (type.kind === "decimal") return type;
  const precision = WHOLE[type.kind];
  return precision === undefined ? undefined : { precision, scale: 0 };
}

function isFloating({ kind }: DataType): boolean {
  return kind === "float" || kind === "double";
}

function losesDigits(left: DataType, right: DataType, target: DataType): boolean {
  return target.kind === "double" && [left, right].some(({ kind }) => kind === "long" || kind === "decimal");
}

const TIMES: ReadonlySet<string> = new Set(["date", "timestamp", "timestamp_ntz"]);

function commonTime(left: DataType, right: DataType): DataType | undefined {
  if (!TIMES.has(left.kind) || !TIMES.has(right.kind)) return undefined;
  return [left, right].some(({ kind }) => kind === "timestamp") ? { kind: "timestamp" } : { kind: "timestamp_ntz" };
}

// Text never becomes the other type: what is no value of it would become null, and nulls are equal.
function commonText(left: DataType, right: DataType): DataType | undefined {
  const [text, other] = left.kind === "string" ? [left, right] : [right, left];
  if (text.kind !== "string") return undefined;
  if (other.kind === "binary") return other;
  return PLAIN.has(other.kind) ? { kind: "string" } : undefined;
}

const PLAIN: ReadonlySet<string> = new Set([
  ...["string", "boolean", "integer", "long", "float", "double", "decimal", "date", "timestamp", "timestamp_ntz"],
]);

/** A SELECT list that gives the columns of one side the names and types that both are compared in. */
export function sideList(pairs: readonly Pair[], side: "left" | "right"): string {
  return pairs
    .map(({ name, target, [side]: column }) => {
      const value = column.expression ?? quote(column.name);
      return `${asType(value, column.source, target)} as ${quote(name)}`;
    })
    .join(", ");
}

// Spark casts a struct by the places of its fields; here they are found by their names.
function asType(sql: string, from: DataType, to: DataType, depth = 0): string {
  if (ddl(from) === ddl(to)) return sql;
  const item = `v${depth}`;
  if (from.kind === "struct" && to.kind === "struct") {
    const fields = to.fields.map(field => {
      const own = from.fields.find(({ name }) => fold(name) === fold(field.name));
      const value = own ? asType(`${sql}.${quote(own.name)}`, own.type, field.type, depth) : "null";
      return `${value} as ${quote(field.name)}`;
    });
    return `if(isnull(${sql}), null, struct(${fields.join(", ")}))`;
  }
  if (from.kind === "array" && to.kind === "array")
    return `transform(${sql}, ${item} -> ${asType(item, from.element, to.element, depth + 1)})`;
  if (from.kind === "map" && to.kind === "map") {
    const key = asType(`${item}.key`, from.key, to.key, depth + 1);
    const value = asType(`${item}.value`, from.value, to.value, depth + 1);
    return `map_from_entries(transform(map_entries(${sql}), ${item} -> struct(${key}, ${value})))`;
  }
  return `cast(${sql} as ${ddl(to)})`;
}

function fold(name: string): string {
  return name.toLowerCase();
}
