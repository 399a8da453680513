import { analysisRoutes } from "./analyses.ts";
import { auditRoutes } from "./audit.ts";
import { catalogRoutes } from "./catalogs.ts";
import { fileRoutes } from "./files.ts";
import { jobRoutes } from "./job.ts";
import { jobsRoute } from "./jobs.ts";
import { meRoute } from "./me.ts";
import { openapiRoute } from "./openapi.ts";
import type { ApiRoute } from "./route.ts";
import { rowRoutes } from "./rows.ts";
import { scheduleRoutes } from "./schedules.ts";
import { streamRoutes } from "./streams.ts";
import { submitRoute } from "./submit.ts";
import { typeRoutes } from "./types.ts";
import { uploadRoutes } from "./uploads.ts";

/** The whole API. */
export const apiRoutes: readonly ApiRoute[] = [
  jobsRoute,
  submitRoute,
  ...jobRoutes,
  ...fileRoutes,
  ...catalogRoutes,
  ...uploadRoutes,
  ...rowRoutes,
  ...analysisRoutes,
  ...streamRoutes,
  ...scheduleRoutes,
  ...auditRoutes,
  ...typeRoutes,
  meRoute,
  openapiRoute(() => apiRoutes),
];
