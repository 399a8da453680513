import type { Route } from "../engines/portal/page.ts";
import { apiRoutes } from "./api/routes.ts";
import type { AppContext } from "./context.ts";
import { loginRoutes } from "./http/login.ts";
import { oidcRoutes } from "./oidc/login.ts";
import { auditPages } from "./pages/audit/audit.ts";
import { certificateRoutes } from "./pages/certificates/certificates.ts";
import { doctorRoutes } from "./pages/doctor/doctor.ts";
import { homeRoutes } from "./pages/home/home.ts";
import { searchRoutes } from "./pages/home/search.ts";
import { bulkRoutes } from "./pages/jobs/bulk.ts";
import { jobPages } from "./pages/jobs/job.ts";
import { jobsRoutes } from "./pages/jobs/jobs.ts";
import { planRoutes } from "./pages/jobs/plan.ts";
import { rawRoutes } from "./pages/jobs/raw.ts";
import { undoRoutes } from "./pages/jobs/undo.ts";
import { logRoutes } from "./pages/log/log.ts";
import { notificationsRoutes } from "./pages/notifications/notifications.ts";
import { accountRoutes } from "./pages/people/account.ts";
import { peopleRoutes } from "./pages/people/people.ts";
import { rejectedRoutes } from "./pages/rejected/rejected.ts";
import { schedulesRoutes } from "./pages/schedules/schedules.ts";
import { boardRoutes } from "./pages/tables/board.ts";

/** The site map: every address of the portal, and who may ask for it. */
export function routesOf(context: AppContext): Route[] {
  const routes: Route[] = [
    ...loginRoutes(context.auth),
    ...oidcRoutes(context.auth),
    ...homeRoutes(context),
    ...jobsRoutes(context),
    ...bulkRoutes(),
    ...jobPages(context),
    ...planRoutes(),
    ...undoRoutes(),
    ...logRoutes(),
    ...rawRoutes(),
    ...searchRoutes(context),
    ...rejectedRoutes(),
    ...schedulesRoutes(),
    ...boardRoutes(),
    ...notificationsRoutes(),
    ...auditPages(),
    ...certificateRoutes(),
    ...doctorRoutes(context),
    ...peopleRoutes(context.auth),
    ...accountRoutes(context.auth),
    ...context.pages.flatMap(page => page.routes),
    ...apiRoutes,
    ...context.metrics.routes,
  ];
  const { settings } = context.auth;
  return routes.map(route => ({ ...route, role: route.roleFor?.(settings) ?? route.role }));
}
