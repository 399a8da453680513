import { figureDifferences, pairColumns, readFigures, snowflakeFigures } from "../../connectors/snowflake/agreement.ts";
import type { Snowflake } from "../../connectors/snowflake/connect.ts";
import {
  describeStatement,
  informationStatement,
  isSameFile,
  metadataLocation,
} from "../../connectors/snowflake/iceberg-table.ts";
import { snowflakeName } from "../../connectors/snowflake/names.ts";
import type { Step, StepContext } from "../engine.ts";
import type { RegisterSnowflake } from "./parameters.ts";
import type { Registration } from "./plan.ts";
import type { SourceFigures } from "./source-figures.ts";

/** Asks both sides for counts, smallest and largest values, and Snowflake for its metadata file; keeps the proof. Gives the rows. */
export async function compareWithSnowflake(
  ours: SourceFigures,
  snowflake: Snowflake,
  { target, snapshot, metadataFile }: Registration,
  { step, context }: { step: Step<unknown>; context: StepContext<RegisterSnowflake> },
): Promise<string> {
  const [names, described, information] = await Promise.all([
    ours.names,
    snowflake.run(describeStatement(target)),
    snowflake.run(informationStatement(target)),
  ]);
  const paired = pairColumns(described, names);
  const file = metadataLocation(information);
  const [[there = {}], here] = await Promise.all([
    snowflake.run(snowflakeFigures(target, paired.columns), [], { signal: context.signal }),
    ours.of(paired.columns),
  ]);
  const figures = { snowflake: readFigures(there, paired.columns), source: readFigures(here, paired.columns) };
  const wrongFile =
    file !== undefined && isSameFile(file, metadataFile)
      ? []
      : [`Snowflake stands on ${file ?? "no metadata file"}, not on ${metadataFile}`];
  const differences = [...wrongFile, ...paired.differences, ...figureDifferences(figures.snowflake, figures.source)];
  context.proof({
    at: new Date().toISOString(),
    attempt: context.attempt,
    table: step.table,
    target: step.target,
    level: "read-back",
    verdict: differences.length === 0 ? "agrees" : "differs",
    sourceSnapshot: snapshot,
    targetSnapshot: snapshot,
    metadataFile: file,
    source: figures.source,
    targetFigures: figures.snowflake,
    ...(differences.length > 0 && { differences }),
  });
  if (differences.length > 0) {
    throw new Error(
      `${snowflakeName(target)} does not agree with ${step.table}: ${differences.slice(0, 5).join("; ")}.`,
    );
  }
  return figures.snowflake.rows;
}
