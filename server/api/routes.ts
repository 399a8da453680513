import { healthRoutes } from "../http/health.ts";
import { openapiRoute } from "./openapi.ts";
import { sessionRoutes, tokenRoutes } from "./resources/account.ts";
import { analysisApi } from "./resources/analyses.ts";
import { auditApi, certificateRoute } from "./resources/audit.ts";
import { catalogRoutes } from "./resources/catalogs.ts";
import { jobFilesApi } from "./resources/files.ts";
import { healthRoute } from "./resources/health.ts";
import { jobApi } from "./resources/job.ts";
import { jobsRoute, submitRoute } from "./resources/jobs.ts";
import { notificationRoutes } from "./resources/notifications.ts";
import { rejectedApi } from "./resources/rejected.ts";
import { rowsApi } from "./resources/rows.ts";
import { scheduleRoutes } from "./resources/schedules.ts";
import { scriptRoutes } from "./resources/scripts.ts";
import { streamRoutes } from "./resources/streams.ts";
import { tablesApi } from "./resources/tables.ts";
import { meRoute, typeRoutes } from "./resources/types.ts";
import { uploadRoutes } from "./resources/uploads.ts";
import { userRoutes } from "./resources/users.ts";
import type { ApiRoute } from "./route.ts";

/** The whole API. */
export const apiRoutes: readonly ApiRoute[] = [
  jobsRoute,
  submitRoute,
  ...jobApi,
  ...jobFilesApi,
  ...catalogRoutes,
  ...uploadRoutes,
  ...scriptRoutes,
  ...rowsApi,
  ...analysisApi,
  ...streamRoutes,
  ...scheduleRoutes,
  ...rejectedApi,
  ...auditApi,
  certificateRoute,
  ...tablesApi,
  ...typeRoutes,
  meRoute,
  ...sessionRoutes,
  ...notificationRoutes,
  ...userRoutes,
  ...tokenRoutes,
  healthRoute,
  ...healthRoutes,
  openapiRoute(() => apiRoutes),
];
