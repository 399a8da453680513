import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { processIdentityShape } from "../../core/jobs/running.ts";
import type { Settings } from "../../core/settings.ts";
import { removeFile, replaceFile } from "../../core/system/atomic.ts";
import { readShaped, toJson } from "../../core/system/json.ts";

const shape = z.union([
  z.strictObject({ requested: z.string() }),
  z.strictObject({ taken: processIdentityShape }),
  z.strictObject({ failed: z.string() }),
]);

/** A request to start the laptop's Kafka: open, taken by the process that holds the stack, or failed. */
export type StartRequest = z.infer<typeof shape>;

type Place = Pick<Settings, "LAPTOP_DIR">;

/** The path of the start request. */
export function startRequestFile({ LAPTOP_DIR }: Place): string {
  return join(LAPTOP_DIR, "wanted", "kafka.json");
}

/** What lies there now; nothing where Kafka runs or nobody wants it. */
export function readStartRequest(settings: Place): StartRequest | undefined {
  return readShaped(startRequestFile(settings), shape);
}

/** Writes the start request or its result; removes it when Kafka has started. */
export function writeStartRequest(settings: Place, request: StartRequest | undefined): void {
  const file = startRequestFile(settings);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (request) replaceFile(file, toJson(request), 0o600);
  else removeFile(file);
}
