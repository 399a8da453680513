import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ProcessIdentity } from "../../core/jobs/running.ts";
import type { Settings } from "../../core/settings.ts";
import { removeFile, replaceFile } from "../../core/system/atomic.ts";
import { readJson, toJson } from "../../core/system/json.ts";

/** A request to start the laptop's Kafka: open, taken by the process that holds the stack, or failed. */
export type StartRequest = { requested: string } | { taken: ProcessIdentity } | { failed: string };

type Place = Pick<Settings, "LAPTOP_DIR">;

/** The path of the start request. */
export function startRequestFile({ LAPTOP_DIR }: Place): string {
  return join(LAPTOP_DIR, "wanted", "kafka.json");
}

/** What lies there now; nothing where Kafka runs or nobody wants it. */
export function readStartRequest(settings: Place): StartRequest | undefined {
  return readJson<StartRequest>(startRequestFile(settings));
}

/** Writes the start request or its result; removes it when Kafka has started. */
export function writeStartRequest(settings: Place, request: StartRequest | undefined): void {
  const file = startRequestFile(settings);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (request) replaceFile(file, toJson(request), 0o600);
  else removeFile(file);
}
