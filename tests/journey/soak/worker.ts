// worker/main.ts with the smallest engine there is, and no service that it needs.
import { join } from "node:path";
import { appendAudit } from "../../../core/audit/append-report.ts";
import { readSettings } from "../../../core/settings.ts";
import { openLog } from "../../../core/system/console-log.ts";
import { jobTypes, loadArrivals } from "../../../engines/list.ts";
import { liveAsWorker } from "../../../worker/engine/life.ts";
import { createNotifications } from "../../../worker/notifications/notifications.ts";

await liveAsWorker({
  settings: readSettings(process.env, "/nowhere/.env"),
  types: jobTypes,
  arrivals: await loadArrivals(),
  engineCommand: ["/bin/sh", join(import.meta.dirname, "engine.sh")],
  warmEngine: true,
  audit: appendAudit,
  notify: createNotifications,
  log: openLog(false),
});
process.exit(0);
