import { appendAudit } from "../core/audit/append-report.ts";
import { readSettings } from "../core/settings.ts";
import { layoutOf } from "../core/store/layout.ts";
import { openLog } from "../core/system/console-log.ts";
import { makeFilesPrivate } from "../core/system/private.ts";
import { trustAuthorities } from "../core/tls/authorities.ts";
import { jobTypes, loadArrivals } from "../engines/list.ts";
import { liveAsWorker } from "./engine/life.ts";
import { sparkSessions } from "./engine/spark-sessions.ts";
import { startOwnSpark } from "./health/own-spark.ts";
import { serviceHealth } from "./health/service-health.ts";
import { createNotifications } from "./notifications/notifications.ts";

makeFilesPrivate();
const log = openLog();
// A terminal that was closed takes no more text; that must not end the worker before its work is handed on.
process.stdout.on("error", () => {});

try {
  const settings = readSettings();
  trustAuthorities(settings);
  const sessions = sparkSessions(layoutOf(settings.DATA_DIR), settings);
  const health = serviceHealth(settings);
  const arrivals = await loadArrivals();
  await liveAsWorker({
    settings,
    types: jobTypes,
    arrivals,
    sessions,
    audit: appendAudit,
    notify: createNotifications,
    health,
    spark: startOwnSpark,
    warmEngine: true,
    takeOver: process.argv.includes("--take-over"),
    log,
  });
  process.exit(0);
} catch (error) {
  log.error((error as Error).message);
  process.exit(1);
}
