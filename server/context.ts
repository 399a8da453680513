import type { TypePages } from "../engines/portal/page.ts";
import type { AuthServices } from "./http/authenticate.ts";
import type { Metrics } from "./http/metrics.ts";
import type { PortalStatus } from "./state/portal-status.ts";

/** The application context of the routes, beside the portal. */
export interface AppContext {
  auth: AuthServices;
  pages: readonly TypePages[];
  portalStatus(): PortalStatus;
  metrics: Metrics;
}
