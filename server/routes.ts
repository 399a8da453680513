import type { JobPage, Route } from "../engines/page.ts";
import { apiRoutes } from "./api/routes.ts";
import { healthRoutes } from "./health.ts";
import { loginRoutes } from "./login.ts";
import type { Metrics } from "./metrics.ts";
import { accountRoutes } from "./pages/account.ts";
import { auditRoutes } from "./pages/audit.ts";
import { doctorRoutes } from "./pages/doctor.ts";
import { homeRoutes } from "./pages/home.ts";
import { jobRoutes } from "./pages/job.ts";
import { jobsRoutes } from "./pages/jobs.ts";
import { logRoutes } from "./pages/log.ts";
import { patternsRoutes } from "./pages/patterns.ts";
import { peopleRoutes } from "./pages/people.ts";
import { planRoutes } from "./pages/plan.ts";
import { proofsRoutes } from "./pages/proofs.ts";
import { rawRoutes } from "./pages/raw.ts";
import { rejectedRoutes } from "./pages/rejected.ts";
import { schedulesRoutes } from "./pages/schedules.ts";
import { tickedRoutes } from "./pages/ticked.ts";
import type { Doors } from "./who.ts";
import type { World } from "./world.ts";

/** What routes look at beside the portal. */
export interface Around {
  doors: Doors;
  pages: readonly JobPage[];
  world(): World;
  metrics: Metrics;
}

/** The site map: every address of the portal, and who may ask for it. */
export function routesOf(around: Around): Route[] {
  return [
    ...loginRoutes(around.doors),
    ...homeRoutes(around),
    ...jobsRoutes(around),
    ...tickedRoutes(),
    ...jobRoutes(around),
    ...planRoutes(),
    ...proofsRoutes(),
    ...logRoutes(),
    ...rawRoutes(),
    ...rejectedRoutes(),
    ...schedulesRoutes(),
    ...auditRoutes(),
    ...doctorRoutes(around),
    ...peopleRoutes(around.doors),
    ...patternsRoutes(),
    ...accountRoutes(around.doors),
    ...around.pages.flatMap(page => page.routes),
    ...apiRoutes,
    ...healthRoutes(around),
    ...around.metrics.routes,
  ];
}
