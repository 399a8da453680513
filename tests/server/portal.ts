import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Role } from "../../core/people/roles.ts";
import { readSettings } from "../../core/settings.ts";
import type { Layout } from "../../core/store/layout.ts";
import { layoutOf, prepareLayout } from "../../core/store/layout.ts";
import { type Opened, openPortal } from "../../server/portal.ts";

/** A portal on a data folder of its own, and a browser without a window that is logged in there. */
export interface TestPortal extends Opened {
  url: string;
  layout: Layout;
  /** Asks as the person that was named at the start; redirects are not followed. */
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  /** Sends a form as a browser does, from the portal's own page. */
  post(path: string, form?: Record<string, string | string[]>, headers?: Record<string, string>): Promise<Reply>;
  /** The cookie of a new session of somebody with this role. */
  cookieOf(role: Role): string;
}

/** What came back. `text` is what a person reads: without tags, spaces folded. */
export interface Reply {
  status: number;
  headers: Headers;
  body: string;
  text: string;
  location: string | null;
}

/** Starts a portal for one test; it ends with it. Spark is a closed port unless `environment` names another. */
export async function startPortal(
  t: { after(end: () => void): void },
  {
    role = "operator",
    environment = {},
    root,
    port = 0,
  }: { role?: Role | "nobody"; environment?: Record<string, string>; root?: string; port?: number } = {},
): Promise<TestPortal> {
  const folder = root ?? mkdtempSync(join(tmpdir(), "portal-pages-"));
  const layout = layoutOf(folder);
  prepareLayout(layout);
  const laptop = join(folder, ".laptop");
  const settings = readSettings(
    { LAPTOP_DIR: laptop, SPARK_REMOTE: "sc://127.0.0.1:1", ...environment, DATA_DIR: folder },
    "/nowhere/.env",
  );
  const opened = await openPortal(settings, message => console.error(message));
  const server = opened.app.listen(port, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
    opened.close();
    if (!root) rmSync(folder, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cookieOf = (of: Role) => {
    const name = `test-${of}`;
    if (!opened.auth.people.get(name)) opened.auth.people.add(name, of);
    return `portal-${settings.PORTAL_PORT}=${opened.auth.sessions.start(name)}`;
  };
  const cookie: Record<string, string> = role === "nobody" ? {} : { cookie: cookieOf(role) };
  const ask = async (path: string, init: RequestInit): Promise<Reply> => {
    const response = await fetch(url + path, {
      redirect: "manual",
      ...init,
      headers: { ...cookie, ...(init.headers as object) },
    });
    const body = await response.text();
    const { status, headers } = response;
    return { status, headers, body, text: read(body), location: headers.get("location") };
  };
  return {
    ...opened,
    url,
    layout,
    cookieOf,
    get: (path, headers = {}) => ask(path, { headers }),
    post: (path, form = {}, headers = {}) => {
      const body = new URLSearchParams();
      for (const [key, value] of Object.entries(form)) for (const one of [value].flat()) body.append(key, one);
      return ask(path, { method: "POST", body, headers: { "sec-fetch-site": "same-origin", ...headers } });
    },
  };
}

function read(body: string): string {
  const words = body
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, " ")
    .replaceAll("<wbr>", "")
    .replace(/<[^>]+>/g, " ");
  const plain = words.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? "");
  return plain.replace(/\s+/g, " ").trim();
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
