import type { Answer, Route, Visit } from "../../engines/page.ts";
import { runningFiles } from "../../files/layout.ts";
import { readLines } from "../../files/ndjson.ts";
import { type ProofLine, proofsPage } from "../../views/pages/proofs.ts";
import { findAsked } from "../find-job.ts";

const MOST = 200;

/** The proofs of a job, all of them or those of one table, to be read. */
export function proofsRoutes(): Route[] {
  return [{ method: "get", path: "/jobs/:id/proofs", role: "viewer", answer: show }];
}

function show({ portal, parameters, query, now }: Visit): Answer {
  const found = findAsked(portal, parameters.id ?? "");
  const id = found.id ?? "";
  const path =
    found.state === "ended" ? found.path.replace(/\.json$/, ".proofs.ndjson") : runningFiles(portal.layout, id).proofs;
  const table = query.get("table");
  const proofs = readLines<ProofLine>(path).filter(proof => !table || proof.table === table);
  return { kind: "page", title: "Proofs", here: "/jobs", body: proofsPage(id, proofs.slice(0, MOST), now) };
}
