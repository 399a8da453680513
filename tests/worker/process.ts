// A worker as a process of its own: worker/main.ts with the job types and the engine of the tests.
import { appendAudit } from "../../core/audit/append-report.ts";
import { readSettings } from "../../core/settings.ts";
import { openLog } from "../../core/system/console-log.ts";
import { liveAsWorker } from "../../worker/engine/life.ts";
import { testTypes } from "./job-types.ts";
import { ENGINE, QUICK } from "./world.ts";

const settings = readSettings(process.env, "/nowhere/.env");
const options = { settings, types: testTypes, engineCommand: ENGINE, timing: QUICK, audit: appendAudit };
const log = openLog(false);
try {
  await liveAsWorker({ ...options, log, takeOver: process.argv.includes("--take-over") });
  process.exit(0);
} catch (error) {
  log.error((error as Error).message);
  process.exit(1);
}
