import { styleText } from "node:util";
import { EXIT } from "../jobs/states.ts";
import { readSettings, type Settings } from "../settings.ts";
import { type Check, check } from "./checks/check.ts";
import { machineChecks } from "./checks/machine.ts";
import { sparkChecks } from "./checks/spark.ts";
import { columns } from "./columns.ts";
import { runCommand } from "./failure.ts";

/** `npm run doctor`: looks at everything a job needs; each is well, or there is the sentence that mends it. */
await runCommand(async () => {
  let settings: Settings | undefined;
  const found = [
    await check("settings", () => {
      settings = readSettings();
      return `DATA_DIR=${settings.DATA_DIR}`;
    }),
  ];
  if (settings) found.push(...(await machineChecks(settings)), ...(await sparkChecks(settings)));
  console.log(columns(found.map(row)).join("\n"));
  const ill = found.filter(({ ok }) => !ok).length;
  if (ill > 0) console.log(`\n${ill === 1 ? "1 thing needs" : `${ill} things need`} mending.`);
  return ill > 0 ? EXIT.failed : EXIT.succeeded;
});

function row(found: Check): string[] {
  const sign = found.ok ? styleText("green", "✓") : styleText("red", "✕");
  return [
    sign,
    found.name,
    found.ok ? `${found.detail}${found.ms < 1000 ? "" : ` (${(found.ms / 1000).toFixed(1)} s)`}` : found.mend,
  ];
}
