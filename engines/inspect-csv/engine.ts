import { whileAzureAnswers } from "../../connectors/azure/storage-unavailable.ts";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { tableNameOf } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { besideLogFile, layoutOf } from "../../core/store/layout.ts";
import { dropParts } from "../../formats/csv/parts.ts";
import type { Engine, StepContext } from "../engine.ts";
import { figuresFor } from "../load-csv/figures.ts";
import { type CsvFile, loadTarget } from "../load-csv/parameters.ts";
import { findLoad, type Load } from "../load-csv/plan.ts";
import { prepared } from "../load-csv/prepared.ts";
import { countRecords, dropWork, isAll, notAll, openRecords, workTable } from "../load-csv/stage.ts";
import { countChange } from "../load-csv/write.ts";
import { isSparkLocal } from "../runner/job-error.ts";
import { keepConflicts } from "./conflicts.ts";

/** Reads a whole file as a load would, and tells what it would do; the table stays as it is. */
const engine: Engine<CsvFile, Load> = {
  async plan(context) {
    const { file, table } = context.job.parameters;
    const load = await findLoad(context, context.job.parameters);
    return { steps: [{ table: file, target: table, action: "look through", detail: load }], parallel: 1 };
  },
  async run({ table, detail }, context) {
    const session = await context.spark();
    const { catalog } = loadTarget(context.job.parameters);
    await attachCatalogs(session, context.settings, [catalog]);
    return await whileAzureAnswers(session, context.settings, [catalog], () =>
      inspect(table, session, detail, context),
    ).finally(() => dropParts(context.settings.DATA_DIR, context.job.id));
  },
};

export default engine;

async function inspect(name: string, session: Session, found: Load, context: StepContext<CsvFile>) {
  const { settings, job, signal, emit } = context;
  const { onDuplicate } = job.parameters;
  const at = (step: string) => emit({ event: "progress", table: name, step });
  at("scan");
  const ready = await prepared(found, context);
  const { load, file } = ready;
  at("read");
  const { relation } = await openRecords(session, ready, context);
  const counted = await countRecords(session, relation, name, context);
  if (!isAll(ready, counted)) throw notAll(ready, counted);
  at("sort out");
  const change = await countChange(session, load, relation, onDuplicate, signal);
  const keys = change.added + change.changed + change.same;
  if (file.records - file.bad > keys)
    await keepConflicts(
      session,
      load,
      relation,
      onDuplicate,
      besideLogFile(layoutOf(settings.DATA_DIR), job.id, "conflicts"),
    );
  if (!isSparkLocal(settings)) await dropWork(session, workTable(load.target, "stage"));
  const there = load.existing
    ? `compared with ${tableNameOf(load.target)}`
    : `${tableNameOf(load.target)} is not there yet`;
  return {
    outcome: "succeeded" as const,
    ...(load.bytes && { bytes: load.bytes }),
    sourceSnapshot: `sha256:${file.sha256}`,
    figures: figuresFor(file, change, keys, onDuplicate),
    notes: [...load.notes, there],
  };
}
