import { channel } from "node:diagnostics_channel";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { driverFile } from "../../setup/layout.mjs";

const PACKAGE = "snowflake-sdk";

type Driver = typeof import("snowflake-sdk");

/** Snowflake's driver. It takes a while to load: whoever knows that it is needed may ask for it ahead. */
export async function loadDriver(): Promise<Driver> {
  // Without these the driver asks the clouds' metadata addresses where it runs, and reports to its maker.
  process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION = "true";
  process.env.SNOWFLAKE_DISABLE_MINICORE = "true";
  process.env.SF_TELEMETRY_DISABLE_CONNECTION_SHAPE = "true";
  const file = driverFile();
  const { default: driver }: { default: Driver } = await import(existsSync(file) ? pathToFileURL(file).href : PACKAGE);
  driver.configure({ logLevel: "OFF", additionalLogToConsole: false });
  return driver;
}

/** The diagnostics channel on which every statement is told before it is sent, as `{ sql }`; bound values are not. */
const STATEMENTS = "data-operations-portal:snowflake:statement";

const statements = channel(STATEMENTS);

/** Tells a statement to whoever listens in this process. */
export function tellStatement(sql: string): void {
  if (statements.hasSubscribers) statements.publish({ sql });
}
