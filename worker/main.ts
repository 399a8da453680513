import { appendAudit } from "../audit/append.ts";
import { jobTypes, loadArrivals } from "../engines/list.ts";
import { layoutOf } from "../files/layout.ts";
import { readSettings } from "../settings.ts";
import { liveAsWorker } from "./life.ts";
import { startOwnSpark } from "./own-spark.ts";
import { openLog } from "./print.ts";
import { serviceHealth } from "./service-health.ts";
import { sparkSessions } from "./spark-sessions.ts";

const log = openLog();
// A terminal that was closed takes no more text; that must not end the worker before its work is handed on.
process.stdout.on("error", () => {});

try {
  const settings = readSettings();
  const sessions = sparkSessions(layoutOf(settings.DATA_DIR), settings);
  const health = serviceHealth(settings);
  const arrivals = await loadArrivals();
  await liveAsWorker({
    settings,
    types: jobTypes,
    arrivals,
    sessions,
    audit: appendAudit,
    health,
    spark: startOwnSpark,
    spare: true,
    log,
  });
  process.exit(0);
} catch (error) {
  log.error((error as Error).message);
  process.exit(1);
}
