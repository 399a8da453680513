import { SparkError } from "../../connectors/spark/errors.ts";
import type { Copy, Session } from "../../connectors/spark/session.ts";
import { newId } from "../../core/jobs/id.ts";
import { jobOf } from "../../core/jobs/job.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import type { Settings } from "../../core/settings.ts";
import type { Step } from "../../engines/engine.ts";
import { engines } from "../../engines/list.ts";
import type { Move } from "../../engines/table-copy/move.ts";

/** What an engine asks Spark for one table, in its order. */
export type Statements = readonly (readonly [Asking, string | Copy])[];

type Asking = "command" | "query" | "schema" | "copy";

/** What a table's copy is called, and the snapshots that its statements name. */
export interface Naming {
  namespace: string;
  table: string;
  snapshot: string;
}

/** Does one table's job as its engine does, and gives every statement of it, from the plan to the outcome. */
export async function recordJob(
  session: Session,
  settings: Settings,
  type: string,
  parameters: object,
): Promise<{ statements: Statements; step: Step; outcome: Partial<Outcome> }> {
  const entry = engines[type];
  if (!entry) throw new Error(`there is no job type ${type}`);
  const engine = await entry.load();
  const file = { type, parameters: parameters as Record<string, unknown> };
  const origin = { via: "command", submittedBy: "bench", submittedAt: new Date().toISOString() } as const;
  const statements: [Asking, string | Copy][] = [];
  const context = {
    job: jobOf(newId(file.type), file, entry.type.shape.parse(file.parameters), origin),
    attempt: 1,
    settings,
    signal: new AbortController().signal,
    emit: () => undefined,
    proof: () => undefined,
    spark: async () => recording(session, statements),
  };
  // What the job writes is its own: the next one may replace it.
  await session.config.set({ "spark.sql.iceberg.snapshot-property.portal.job": context.job.id });
  const [step] = (await engine.plan(context)).steps;
  if (!step || step.ended) throw new Error(step?.why);
  return { statements, step, outcome: await engine.run(step, context) };
}

/** Migrates one table as its job does, and gives its statements for any other table. */
export async function recordMigration(
  session: Session,
  settings: Settings,
  parameters: { namespace: string; table: string; targetNamespace: string; verify: string },
): Promise<(naming: Naming) => Statements> {
  const { table, targetNamespace, ...rest } = parameters;
  const asked = { ...rest, targetNamespace, tables: [table] };
  const { statements, step, outcome } = await recordJob(session, settings, "migrate-iceberg", asked);
  const { sourceSnapshot = "" } = step.detail as Move;
  // Made once for a session, not once for a table.
  const own = statements.filter(([, asked]) => typeof asked !== "string" || !asked.startsWith("create namespace"));
  const branch = /branch (`portal_\w+`)/.exec(JSON.stringify(own))?.[1]?.replaceAll("`", "'") ?? "";
  return naming => {
    const renamed = (text: string) =>
      text
        .replaceAll(quoted(targetNamespace), quoted(naming.namespace))
        .replaceAll(quoted(table), quoted(naming.table))
        .replaceAll(sourceSnapshot, naming.snapshot)
        // A new write has a new snapshot; its branch has the old name.
        .replaceAll(outcome.targetSnapshot ?? branch, branch);
    return own.map(([asking, asked]) => [
      asking,
      typeof asked === "string"
        ? renamed(asked)
        : { ...asked, into: renamed(asked.into), source: renamed(String(asked.source)) },
    ]);
  };
}

/** The same as lines of Python that know `spark`. The rows of a copy are not counted in passing. */
export function asPython(statements: Statements): string[] {
  return statements.map(([asking, asked]) => {
    const sql = typeof asked === "string" ? asked : asked.into.replace(/select \* from source$/, String(asked.source));
    return `spark.sql(${JSON.stringify(sql)})${asking === "schema" ? ".schema" : ".collect()"}`;
  });
}

/** Asks Spark again, one after the other, and does nothing with the answers. What is not there may be asked for. */
export async function replay(session: Session, statements: Statements): Promise<void> {
  for (const [asking, asked] of statements) {
    if (typeof asked !== "string") await session.copy(asked);
    else if (asking === "schema") await session.schema(asked).catch(unlessMissing);
    else if (asking === "query") await session.query(asked).catch(unlessMissing);
    else if (/^(describe|show) /.test(asked)) await session.command(asked).catch(unlessMissing);
    else await session.command(asked);
  }
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof SparkError) || error.errorClass !== "TABLE_OR_VIEW_NOT_FOUND") throw error;
}

function recording(session: Session, into: [Asking, string | Copy][]): Session {
  const noted = <A extends string | Copy, O, R>(asking: Asking, ask: (asked: A, options?: O) => R) => {
    return (asked: A, options?: O): R => {
      into.push([asking, asked]);
      return ask(asked, options);
    };
  };
  return {
    ...session,
    command: noted("command", session.command),
    query: noted("query", session.query),
    schema: noted("schema", session.schema),
    copy: noted("copy", session.copy),
  };
}

function quoted(name: string): string {
  return `\`${name}\``;
}
