import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { Role } from "../../core/people/roles.ts";
import { startPortal, type TestPortal } from "../server/portal.ts";

/** Where Debian and others put Chromium; CHROMIUM names another. */
const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = PLACES.find(place => place && existsSync(place));

/** For a test's options: why it is skipped where there is no browser. */
export const needsBrowser = executablePath
  ? {}
  : { skip: "There is no Chromium here: install it (Debian: apt-get install chromium), or name one in CHROMIUM." };

// As root Chromium has no sandbox; the rest keeps it from calling home.
const OPTIONS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A real browser, which ends with the test. */
export async function startBrowser(t: { after(end: () => Promise<void>): void }): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: executablePath ?? "", args: OPTIONS });
  t.after(() => browser.close());
  return browser;
}

/** A window of somebody with this role. What goes wrong in a page's scripts, or is refused by its policy, fails the test. */
export async function openAs(
  browser: Browser,
  portal: TestPortal,
  role: Role,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; context: BrowserContext; problems: string[] }> {
  const context = await browser.newContext({ baseURL: portal.url, ...options });
  const [name = "", value = ""] = portal.cookieOf(role).split("=");
  await context.addCookies([{ name, value, url: portal.url }]);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const problems: string[] = [];
  page.on("pageerror", error => problems.push(error.message));
  page.on("console", message => message.type() === "error" && problems.push(message.text()));
  return { page, context, problems };
}

/** A portal on a data folder, with the stack of this test run behind it. */
export async function portalOn(t: Parameters<typeof startPortal>[0], root: string): Promise<TestPortal> {
  const names = ["LAPTOP_DIR", "SPARK_REMOTE", "HIVE_METASTORE_URI", "LAKE_WAREHOUSE"];
  const environment = Object.fromEntries(names.map(name => [name, process.env[name] ?? ""]));
  return await startPortal(t, { root, environment });
}
