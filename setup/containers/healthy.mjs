// Whether the portal answers, or the worker gives signs of life: the health check of a container. Exits with 1 if not.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const SILENT_AFTER = 30_000;

try {
  if (process.argv[2] === "worker") await worker();
  else await portal();
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}

async function portal() {
  const port = process.env.PORTAL_PORT ?? "3000";
  const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`The portal is stuck: ${await response.text()}`);
}

async function worker() {
  const file = join(process.env.DATA_DIR ?? ".", "queue", "worker.json");
  const { at } = JSON.parse(readFileSync(file, "utf8"));
  const age = Date.now() - Date.parse(at);
  if (!(age < SILENT_AFTER)) throw new Error(`The last sign of life of the worker is ${Math.round(age / 1000)} s old.`);
}
