import { mkdirSync } from "node:fs";
import { replaceFile } from "../files/atomic.ts";
import { toJson } from "../files/json.ts";
import { readServices, type Services, servicesFile } from "../services.ts";
import type { Settings } from "../settings.ts";

/** Writes what a service of the laptop stack is, or, without one, that it is no more. */
export function recordService<N extends keyof Services>(
  settings: Pick<Settings, "LAPTOP_DIR">,
  name: N,
  service: Services[N] | undefined,
): void {
  mkdirSync(settings.LAPTOP_DIR, { recursive: true, mode: 0o700 });
  const { [name]: _, ...others } = readServices(settings);
  replaceFile(servicesFile(settings), toJson(service ? { ...others, [name]: service } : others), 0o600);
}
