import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { removeFile, replaceFile } from "../files/atomic.ts";
import { readJson, toJson } from "../files/json.ts";
import type { ProcessIdentity } from "../jobs/running.ts";
import type { Settings } from "../settings.ts";

/** A wish for the laptop's Kafka: somebody has it, whoever holds the stack has taken it, or it could not be met. */
export type Wish = { wished: string } | { taken: ProcessIdentity } | { failed: string };

type Place = Pick<Settings, "LAPTOP_DIR">;

/** Where the wish lies. */
export function wishFile({ LAPTOP_DIR }: Place): string {
  return join(LAPTOP_DIR, "wanted", "kafka.json");
}

/** What lies there now; nothing where Kafka runs or nobody wants it. */
export function readWish(settings: Place): Wish | undefined {
  return readJson<Wish>(wishFile(settings));
}

/** Writes the wish, or what became of it; nothing when it is met. */
export function writeWish(settings: Place, wish: Wish | undefined): void {
  const file = wishFile(settings);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (wish) replaceFile(file, toJson(wish), 0o600);
  else removeFile(file);
}
