import { mkdirSync } from "node:fs";
import { openMetadata } from "../connectors/catalog-browser/open.ts";
import { readCatalogs } from "../connectors/iceberg/catalogs.ts";
import { openIndex } from "../core/audit/index/open.ts";
import { openOutbox } from "../core/notifications/outbox.ts";
import { people } from "../core/people/people.ts";
import { savedViews } from "../core/people/saved-views.ts";
import { sessions } from "../core/people/sessions.ts";
import { openPeopleDb } from "../core/people/store.ts";
import { tokens } from "../core/people/tokens.ts";
import { type Settings, SettingsError } from "../core/settings.ts";
import { scriptsFolder } from "../core/store/data-files.ts";
import { layoutOf, prepareLayout } from "../core/store/layout.ts";
import { loadPages } from "../engines/list.ts";
import type { Portal, Route } from "../engines/portal/page.ts";
import { linkCatalogs } from "../views/parts/table-name.ts";
import { cancelJob } from "./actions/jobs.ts";
import { scheduleJob } from "./actions/schedules.ts";
import { drafts, submitFor } from "./actions/submit.ts";
import { createApp } from "./http/app.ts";
import type { AuthServices } from "./http/authenticate.ts";
import { loginLimits } from "./http/login-limits.ts";
import { metricsOf } from "./http/metrics.ts";
import { routesOf } from "./routes.ts";
import { type PortalStatus, watchPortalStatus } from "./state/portal-status.ts";
import { schedulesOf } from "./state/schedules.ts";

/** Everything of a portal but its port. */
export interface Opened {
  app: ReturnType<typeof createApp>;
  portal: Portal;
  auth: AuthServices;
  /** Every address that is served, with its role. */
  routes: readonly Route[];
  close(): void;
}

// What is wrong with catalogs.json is told where somebody asks for a catalog.
function catalogNames(): string[] {
  try {
    return Object.keys(readCatalogs());
  } catch (error) {
    if (error instanceof SettingsError) return [];
    throw error;
  }
}

/** Opens the portal of a data folder. It holds no secret, and no job notices when it ends. */
export async function openPortal(settings: Settings, log: (message: string) => void): Promise<Opened> {
  const layout = layoutOf(settings.DATA_DIR);
  prepareLayout(layout);
  if (settings.SCRIPTS_DIR === scriptsFolder(settings.DATA_DIR))
    mkdirSync(settings.SCRIPTS_DIR, { recursive: true, mode: 0o700 });
  const db = openPeopleDb(layout);
  const auth: AuthServices = {
    settings,
    people: people(db),
    sessions: sessions(db),
    tokens: tokens(db),
    limits: loginLimits(),
  };
  const index = openIndex(layout);
  const outbox = openOutbox(layout);
  const metadata = openMetadata(settings);
  let portalStatus: () => PortalStatus;
  const portal: Portal = {
    settings,
    layout,
    index,
    metadata,
    outbox,
    ...{ sessions: auth.sessions, people: auth.people, tokens: auth.tokens },
    views: savedViews(db),
    drafts: drafts(),
    submit: submitFor(layout),
    cancel: cancelJob,
    schedule: scheduleJob,
    schedulesOf: table => schedulesOf({ layout, settings }, table),
    workerLives: () => portalStatus().workerLives,
  };
  portalStatus = watchPortalStatus(portal);
  const pages = await loadPages();
  linkCatalogs(catalogNames());
  const metrics = metricsOf(portal, portalStatus);
  index.reconcile().catch(error => log(`The index of the archive can't be checked: ${error.message}`));
  const routes = routesOf({ auth, pages, portalStatus, metrics });
  return {
    app: createApp({ portal, auth, pages, routes, portalStatus, log, time: metrics.time }),
    routes,
    portal,
    auth,
    close() {
      index.close();
      void metadata.close();
      outbox.close();
      db.close();
    },
  };
}
