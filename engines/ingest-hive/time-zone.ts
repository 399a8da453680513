import type { HiveTable } from "../../connectors/iceberg/describe.ts";
import type { TableColumn } from "../../connectors/iceberg/layout/columns.ts";
import { quote, sparkLiteral } from "../../connectors/iceberg/names.ts";
import type { DataType } from "../../connectors/spark/protocol/types.ts";

/** The zones in which a timestamp without one is read: where Hive's clocks are, and where Spark's Java thinks it is. */
export interface Zones {
  hive: string;
  java: string;
}

/**
 * Columns of which every timestamp means what clocks in Hive's zone showed. Formats that keep an instant (Parquet, Avro, the
 * binary ones of RCFile and SequenceFile) mean that by themselves; of those that keep what the clock showed (ORC, text) Spark
 * makes an instant by the zone of its own Java, which is put right here.
 */
export function inHiveZone(columns: readonly TableColumn[], table: HiveTable, zones: Zones): TableColumn[] {
  if (zones.hive === zones.java) return [...columns];
  const partitions = new Set(table.partition_columns);
  return columns.map(column => {
    // A partition's value is text in the name of a folder, which Spark reads by the session's zone.
    const from = partitions.has(column.name) ? "UTC" : keepsInstants(table) ? undefined : zones.java;
    if (from === undefined || from === zones.hive) return column;
    const expression = moved(quote(column.name), column.source, { hive: zones.hive, java: from });
    return expression ? { ...column, expression } : column;
  });
}

/** Whether a table's format keeps instants. Of a table that Spark made Spark's own reading is the meaning. */
export function keepsInstants({ provider, serde_library = "" }: HiveTable): boolean {
  if (provider !== undefined && provider.toLowerCase() !== "hive") return true;
  return /parquet|avro|LazyBinary/i.test(serde_library);
}

/** Whether a type holds a timestamp anywhere. */
export function holdsTimestamp(type: DataType): boolean {
  return moved("x", type, { hive: "a", java: "b" }) !== undefined;
}

// The expression that moves every timestamp of a value; undefined where there is none.
function moved(sql: string, type: DataType, zones: Zones, depth = 0): string | undefined {
  const item = `e${depth}`;
  switch (type.kind) {
    case "timestamp":
      return `to_utc_timestamp(from_utc_timestamp(${sql}, ${sparkLiteral(zones.java)}), ${sparkLiteral(zones.hive)})`;
    case "array": {
      const inner = moved(item, type.element, zones, depth + 1);
      return inner && `transform(${sql}, ${item} -> ${inner})`;
    }
    case "map": {
      const key = moved("k", type.key, zones, depth + 1);
      const value = moved("v", type.value, zones, depth + 1);
      const keys = key ? `transform_keys(${sql}, (k, v) -> ${key})` : sql;
      return value ? `transform_values(${keys}, (k, v) -> ${value})` : key && keys;
    }
    case "struct": {
      const fields = type.fields.map(field => ({ field, path: `${sql}.${quote(field.name)}` }));
      const inner = fields.map(({ field, path }) => moved(path, field.type, zones, depth));
      if (inner.every(found => found === undefined)) return undefined;
      const parts = fields.map(({ field, path }, i) => `${sparkLiteral(field.name)}, ${inner[i] ?? path}`);
      return `if(${sql} is null, null, named_struct(${parts.join(", ")}))`;
    }
    default:
      return undefined;
  }
}
