import { quote } from "../../connectors/iceberg/names.ts";
import { type FigureColumn, pairColumns, sparkFigures } from "../../connectors/snowflake/agreement.ts";
import type { DataType } from "../../connectors/spark/protocol/types.ts";
import type { Session } from "../../connectors/spark/session.ts";

/** What Spark says of the rows that are registered. */
export interface SourceFigures {
  /** The names of its columns, in order. */
  names: Promise<string[]>;
  /** The figures of columns as Snowflake describes them. */
  of(columns: readonly FigureColumn[]): Promise<Record<string, unknown>>;
}

/**
 * Asks Spark for a relation's figures before Snowflake has said how it sees the columns: mostly as is expected here, and
 * Spark has counted while Snowflake registers. Where it is otherwise Spark is asked again.
 */
export function sourceFigures(session: Session, relation: string, signal: AbortSignal): SourceFigures {
  const ask = async (sql: string) => (await session.query(sql, { signal }))[0] ?? {};
  const fields = session.schema(`select * from ${relation}`).then(schema => {
    if (schema.kind !== "struct") throw new Error(`expected the schema of a table, got ${schema.kind}`);
    return schema.fields;
  });
  const names = fields.then(all => all.map(field => field.name));
  const early = fields.then(all => {
    const described = all.map(({ name, type }) => ({ name, type: expectedType(type) }));
    const { columns } = pairColumns(
      described,
      all.map(field => field.name),
    );
    const sql = sparkFigures(columns, relation, quote);
    return { sql, row: ask(sql) };
  });
  for (const asked of [names, early.then(({ row }) => row)]) asked.catch(() => undefined); // told where it is needed
  return {
    names,
    async of(columns) {
      const sql = sparkFigures(columns, relation, quote);
      const before = await early;
      return await (before.sql === sql ? before.row : ask(sql));
    },
  };
}

function expectedType({ kind }: DataType): string {
  return EXPECTED[kind] ?? "BINARY";
}

// https://docs.snowflake.com/en/user-guide/tables-iceberg-data-types
const EXPECTED: Partial<Record<DataType["kind"], string>> = {
  ...{ byte: "NUMBER", short: "NUMBER", integer: "NUMBER", long: "NUMBER", decimal: "NUMBER" },
  ...{ float: "FLOAT", double: "FLOAT", string: "VARCHAR", char: "VARCHAR", varchar: "VARCHAR" },
  ...{ boolean: "BOOLEAN", date: "DATE", timestamp: "TIMESTAMP_LTZ", timestamp_ntz: "TIMESTAMP_NTZ" },
};
