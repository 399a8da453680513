// Runs one statement on the stack's Spark, for tests that have to wait for it without giving way.
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { openTableSession } from "../../connectors/iceberg/session.ts";
import { settings } from "./lake.ts";

const session = await openTableSession(settings);
await attachCatalogs(session, settings, ["lake", "azure"]);
await session.command(process.argv[2] ?? "");
await session.release();
session.close();
process.exit(0);
