import type { Visit } from "../engines/page.ts";

/** The address of this portal as others can open it: the one that is set, else the one that was asked just now. */
export function ownAddress({ portal, header }: Pick<Visit, "portal" | "header">): string {
  const { PORTAL_ORIGIN, PORTAL_HOST, PORTAL_PORT } = portal.settings;
  const asked = header("host") ?? "";
  return PORTAL_ORIGIN ?? `http://${/^[\w.:[\]-]+$/.test(asked) ? asked : `${PORTAL_HOST}:${PORTAL_PORT}`}`;
}
