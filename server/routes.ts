import type { JobPage, Route } from "../engines/page.ts";
import { loginRoutes } from "./login.ts";
import { accountRoutes } from "./pages/account.ts";
import { homeRoutes } from "./pages/home.ts";
import { jobRoutes } from "./pages/job.ts";
import { jobsRoutes } from "./pages/jobs.ts";
import { tickedRoutes } from "./pages/ticked.ts";
import type { Doors } from "./who.ts";
import type { World } from "./world.ts";

/** What routes look at beside the portal. */
export interface Around {
  doors: Doors;
  pages: readonly JobPage[];
  world(): World;
}

/** The site map: every address of the portal, and who may ask for it. */
export function routesOf(around: Around): Route[] {
  return [
    ...loginRoutes(around.doors),
    ...homeRoutes(around),
    ...jobsRoutes(around),
    ...tickedRoutes(),
    ...jobRoutes(around),
    ...accountRoutes(around.doors),
    ...around.pages.flatMap(page => page.routes),
  ];
}
