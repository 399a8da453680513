// A worker as a process of its own: worker/main.ts with the job types and the engine of the tests.
import { appendAudit } from "../../audit/append.ts";
import { readSettings } from "../../settings.ts";
import { liveAsWorker } from "../../worker/life.ts";
import { openLog } from "../../worker/print.ts";
import { testTypes } from "./job-types.ts";
import { ENGINE, QUICK } from "./world.ts";

const settings = readSettings(process.env, "/nowhere/.env");
const options = { settings, types: testTypes, engineCommand: ENGINE, timing: QUICK, audit: appendAudit };
await liveAsWorker({ ...options, log: openLog(false) });
process.exit(0);
