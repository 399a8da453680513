import type { Route } from "../../../engines/portal/page.ts";
import { patternsPage } from "../../../views/pages/home/patterns.ts";

/** The page of all pieces, for people who write pages and for tests. */
export function patternsRoutes(): Route[] {
  return [
    {
      method: "get",
      path: "/patterns",
      role: "viewer",
      answer: () => ({ kind: "page", title: "Patterns", body: patternsPage() }),
    },
  ];
}
