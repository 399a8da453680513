import { dropParts } from "../../csv/parts.ts";
import { layoutOf } from "../../files/layout.ts";
import type { Session } from "../../spark/session.ts";
import { attachCatalogs } from "../../tables/catalogs.ts";
import { nameOf } from "../../tables/names.ts";
import { whileAzureAnswers } from "../../tables/storage-away.ts";
import type { Engine, StepContext } from "../engine.ts";
import { badFile, keepBad } from "../load-csv/bad.ts";
import { figuresFor } from "../load-csv/figures.ts";
import { type CsvFile, tableOf } from "../load-csv/parameters.ts";
import { findLoad, type Load } from "../load-csv/plan.ts";
import { refuseOther, scanned } from "../load-csv/scanned.ts";
import { readFile } from "../load-csv/stage.ts";
import { countChange } from "../load-csv/write.ts";
import { conflictsFile, keepConflicts } from "./conflicts.ts";

/** Reads a whole file as a load would, and tells what it would do; the table stays as it is. */
const engine: Engine<CsvFile, Load> = {
  async plan(context) {
    const { file, table } = context.job.parameters;
    const load = await findLoad(context, context.job.parameters);
    return { steps: [{ table: file, target: table, action: "look through", detail: load }], parallel: 1 };
  },
  async run({ table, detail }, context) {
    const session = await context.spark();
    const { catalog } = tableOf(context.job.parameters);
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
  const { load, scan } = await scanned(found, context);
  at("read");
  const read = await readFile(session, load, name, context);
  if (scan) refuseOther(scan, read, load);
  if (read.bad > 0) await keepBad(session, load, read, badFile(settings, job.id));
  at("sort out");
  const change = await countChange(session, load, read, onDuplicate, signal);
  const keys = change.added + change.changed + change.same;
  if (read.records - read.bad > keys)
    await keepConflicts(session, load, read, onDuplicate, conflictsFile(layoutOf(settings.DATA_DIR), job.id));
  const there = load.existing ? `compared with ${nameOf(load.target)}` : `${nameOf(load.target)} is not there yet`;
  return {
    outcome: "succeeded" as const,
    ...(load.bytes && { bytes: load.bytes }),
    ...(scan && { sourceSnapshot: `sha256:${scan.sha256}` }),
    figures: { ...figuresFor(read, change, keys, onDuplicate), ...(scan && { lines: String(scan.lines) }) },
    notes: [...load.notes, there],
  };
}
