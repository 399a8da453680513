import { openIndex } from "../audit/index/open.ts";
import { loadPages } from "../engines/list.ts";
import type { Portal, Route } from "../engines/page.ts";
import { layoutOf, prepareLayout } from "../files/layout.ts";
import { people } from "../people/people.ts";
import { sessions } from "../people/sessions.ts";
import { openPeopleDb } from "../people/store.ts";
import { tokens } from "../people/tokens.ts";
import type { Settings } from "../settings.ts";
import { openMetadata } from "../tables/metadata/open.ts";
import { createApp } from "./app.ts";
import { cancelJob } from "./deeds.ts";
import { drafts } from "./drafts.ts";
import { metricsOf } from "./metrics.ts";
import { routesOf } from "./routes.ts";
import { submitFor } from "./submit.ts";
import type { Doors } from "./who.ts";
import { type World, watchWorld } from "./world.ts";

/** Everything of a portal but its port. */
export interface Opened {
  app: ReturnType<typeof createApp>;
  portal: Portal;
  doors: Doors;
  /** Every address that is served, with its role. */
  routes: readonly Route[];
  close(): void;
}

/** Opens the portal of a data folder. It holds no secret, and no job notices when it ends. */
export async function openPortal(settings: Settings, log: (message: string) => void): Promise<Opened> {
  const layout = layoutOf(settings.DATA_DIR);
  prepareLayout(layout);
  const db = openPeopleDb(layout);
  const doors: Doors = { settings, people: people(db), sessions: sessions(db), tokens: tokens(db) };
  const index = openIndex(layout);
  const metadata = openMetadata(settings);
  let world: () => World;
  const portal: Portal = {
    settings,
    layout,
    index,
    metadata,
    drafts: drafts(),
    submit: submitFor(layout),
    cancel: cancelJob,
    workerLives: () => world().workerLives,
  };
  world = watchWorld(portal);
  const pages = await loadPages();
  const metrics = metricsOf(portal, world);
  index.reconcile().catch(error => log(`The index of the archive can't be checked: ${error.message}`));
  const routes = routesOf({ doors, pages, world, metrics });
  return {
    app: createApp({ portal, doors, pages, routes, world, log, time: metrics.time }),
    routes,
    portal,
    doors,
    close() {
      index.close();
      void metadata.close();
      db.close();
    },
  };
}
