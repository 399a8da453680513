import { basename, relative } from "node:path";
import { isId } from "../jobs/id.ts";
import type { JobRecord } from "../jobs/record.ts";
import { REPORT_NAMES, reportFile } from "../store/archive.ts";
import type { Layout } from "../store/layout.ts";
import { stemOf } from "../store/names.ts";
import { linkProblems, placeProblems, sealOf, strayProofs } from "./findings.ts";
import { readArchiveHead } from "./head.ts";
import { linesBackwards } from "./lines-backwards.ts";
import { readRecord, recordFiles, recordLinks } from "./records.ts";
import { eventAnchors } from "./verify-events.ts";
import { headProblems } from "./verify-head.ts";

/** The result of verifying the chain of records. */
export interface ChainCheck {
  records: number;
  oldest?: JobRecord;
  newest?: JobRecord;
  /** One sentence for everything that is not as it was archived. */
  problems: string[];
  /** Jobs that the report names and the archive does not have. */
  gone: string[];
}

/** Follows the chain through the archive, and names what was edited, removed, reordered or added. */
export function verifyArchive(layout: Layout, key?: string): ChainCheck {
  // Read before the list of files: the worker may archive meanwhile, and a record is there before it is told.
  const head = readArchiveHead(layout);
  const reported = reportedIds(layout);
  const files = recordFiles(layout);
  const { links, unreadable } = recordLinks(files);
  const name = (path: string) => relative(layout.root, path);
  const problems = unreadable.map(
    path => `${name(path)} can't be read as a record: it was spoilt, or does not belong there.`,
  );
  const edited: string[] = [];
  let oldest: JobRecord | undefined;
  let before: JobRecord | undefined;
  let keyed = false;
  let atHead: JobRecord | undefined;
  const events = eventAnchors(layout);
  for (const { path } of links) {
    const record = readRecord(path);
    if (!record) continue;
    problems.push(...placeProblems(record, path, name(path)));
    const sealed = sealOf(record, key);
    if (sealed === "broken") edited.push(record.id);
    else if (sealed === "plain" && keyed)
      problems.push(`${record.id} is not sealed with AUDIT_KEY though records before it are: it was replaced.`);
    keyed ||= sealed === "keyed";
    problems.push(...linkProblems(before, record));
    events.add(record);
    if (head && head !== "unreadable" && record.sequence === head.sequence) atHead ??= record;
    oldest ??= record;
    before = record;
  }
  // The newest records leave no gap behind, but the report still has their lines.
  const there = new Set(files.map(path => stemOf(basename(path))));
  const gone = reported.filter(id => !there.has(id));
  const sealedWith = key && before && sealOf(before, key) === "keyed" ? key : undefined;
  problems.push(
    ...headProblems(layout, head, { newest: before, atHead, key: sealedWith }),
    ...strayProofs(layout, new Set([...there, ...gone])),
    ...editedProblems(edited, links.length, key),
    ...gone.map(goneProblem),
    ...events.problems(),
  );
  return { records: links.length, ...(oldest && { oldest }), ...(before && { newest: before }), problems, gone };
}

function editedProblems(ids: readonly string[], records: number, key: string | undefined): string[] {
  if (ids.length === records && records > 1) {
    const why = key ? "AUDIT_KEY is not the one of this archive" : "the archive is sealed with an AUDIT_KEY";
    return [`No record matches its hash: ${why}. Write the right AUDIT_KEY into .env, or all were edited.`];
  }
  const hint = key ? "" : " (or archived with an AUDIT_KEY that is not set here)";
  return ids.map(id => `${id} does not match its hash: it was edited${hint}.`);
}

// Line by line: the report of a large archive does not fit into one text.
function reportedIds(layout: Layout): string[] {
  const ids: string[] = [];
  for (const { text } of linesBackwards(reportFile(layout, "jobs"))) {
    const id = text.slice(0, Math.max(0, text.indexOf(",")));
    if (isId(id)) ids.push(id);
  }
  return ids.reverse();
}

function goneProblem(id: string): string {
  return `${id} is in ${REPORT_NAMES.jobs} but not in the archive: its record was removed.`;
}
