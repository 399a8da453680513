import { linkButton } from "../../../views/parts/button.ts";
import type { TypePages } from "../../portal/page.ts";
import { analysisPages } from "./analysis-page.ts";
import { compareRoutes } from "./compare-page.ts";
import { formatRoutes } from "./format-page.ts";
import { historyRoutes } from "./history-page.ts";
import { linesRoutes } from "./lines/lines-page.ts";
import { reportRoutes } from "./routes.ts";
import { startRoutes } from "./start-page.ts";

/** Logs: how they come in, what went wrong in them, and the lines themselves. */
const page: TypePages = {
  type: "analyze-logs",
  navigation: { name: "Logs", href: "/analyses" },
  start: { title: "Analyse logs", words: "Drop log files, see what went wrong, when and how often", href: "/analyses" },
  // Addresses with names come before those with an id in the same place.
  routes: [
    ...historyRoutes,
    ...compareRoutes,
    ...formatRoutes,
    ...startRoutes,
    ...analysisPages,
    ...linesRoutes,
    ...reportRoutes,
  ],
  next: job => linkButton("See what was found", `/analyses/${job.id}`),
};

export default page;
