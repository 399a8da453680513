import type { AzureFile } from "../../connectors/azure/azure-files.ts";
import { tableNameOf } from "../../connectors/iceberg/names.ts";
import type { LogFile } from "../../formats/logs/format.ts";
import { counted } from "../../views/format/figures.ts";
import type { Plan, PlanContext, Step } from "../engine.ts";
import { type AnalysesConfig, readAnalysesConfig } from "./config.ts";
import { looksLike } from "./look.ts";
import { type AnalyzeLogs, linesTable } from "./parameters.ts";
import { findSources, type Refused } from "./sources.ts";

/** What an analysis needs: the files, each with its format. */
export interface AnalysisStep {
  files: LogFile[];
  /** Those of them that are to be brought here first. */
  remoteFiles: AzureFile[];
  config: AnalysesConfig;
}

/** Finds the files and looks at the beginning of each: what format it has, or why it can't be read. */
export async function planAnalysis(context: PlanContext<AnalyzeLogs>): Promise<Plan<AnalysisStep>> {
  const { settings, job, signal } = context;
  const config = readAnalysesConfig(settings);
  const requested = job.parameters.files ?? config.folders;
  const { sources, refused } = await findSources(requested, { settings, config }, context.spark);
  const files: LogFile[] = [];
  const remoteFiles: AzureFile[] = [];
  const notes: string[] = [];
  const skipped: Refused[] = [];
  for (const source of sources) {
    if (signal.aborted) break;
    const found = await looksLike(source, job.parameters, config, context.spark);
    if ("file" in found) {
      files.push(found.file);
      if (source.azure) remoteFiles.push(source.azure);
      if (found.note) notes.push(found.note);
    } else (source.named ? refused : skipped).push({ name: source.name, why: found.why });
  }
  // Where nothing is left, nothing was analysed.
  if (files.length === 0) refused.push(...skipped.splice(0));
  const ended = [
    ...refused.map(one => notRead(one, "failed", config)),
    ...skipped.map(one => notRead(one, "skipped", config)),
  ];
  return {
    steps: [
      ...(files.length > 0
        ? [{ ...stepOf({ files, remoteFiles, config }, sources, job.id), ...(notes.length > 0 && { notes }) }]
        : []),
      ...ended,
    ],
    parallel: 1,
  };
}

function stepOf(
  detail: AnalysisStep,
  sources: readonly { name: string; bytes: number }[],
  id: string,
): Step<AnalysisStep> {
  const { files } = detail;
  const [first] = files;
  const names = new Set(files.map(({ name }) => name));
  const bytes = sources.filter(({ name }) => names.has(name)).reduce((sum, source) => sum + source.bytes, 0);
  const formats = [...new Set(files.map(({ format }) => format.title))];
  return {
    table:
      files.length === 1
        ? (first?.name ?? "")
        : `${first?.name} and ${counted(files.length - 1, "more log", "more logs")}`,
    target: tableNameOf(linesTable(id)),
    action: "analyse",
    why: formats.join(", "),
    bytes: String(bytes),
    detail,
  };
}

function notRead({ name, why }: Refused, outcome: "failed" | "skipped", config: AnalysesConfig): Step<AnalysisStep> {
  const detail = { files: [], remoteFiles: [], config };
  const action = outcome === "failed" ? "refuse" : "skip";
  return { table: name, target: "", action, why, ended: { outcome, error: { message: why } }, detail };
}
