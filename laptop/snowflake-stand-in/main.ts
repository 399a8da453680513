import { readConfiguration } from "./configuration.ts";
import { openLake } from "./lake.ts";
import { listen } from "./server.ts";

const configuration = readConfiguration(process.env);
const lake = await openLake(configuration);
const server = await listen(configuration, lake);

// DuckDB keeps a log of what was committed and needs no closing, but while a statement runs the process can't end.
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.once(signal, () => {
    server.interrupt();
    process.exit(0);
  });

// Whoever started it waits for this line.
console.log(`Snowflake stand-in (for this laptop only, not Snowflake) listens on ${server.url}`);
