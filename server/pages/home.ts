import type { Route, Visit } from "../../engines/page.ts";
import { html } from "../../views/html.ts";
import { head } from "../../views/parts/sheet.ts";
import type { Around } from "../routes.ts";

/** The state of the world, and what one usually starts. */
export function homeRoutes(around: Around): Route[] {
  return [{ method: "get", path: "/", role: "viewer", answer: visit => home(visit, around) }];
}

function home(_visit: Visit, _around: Around) {
  return { kind: "page" as const, title: "Now", body: html`${head("Now")}` };
}
