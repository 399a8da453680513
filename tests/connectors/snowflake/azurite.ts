import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { readSettings } from "../../../core/settings.ts";
import { answers, freePort } from "../../../laptop/ports.ts";
import { installedAzurite } from "../../../laptop/servers/azurite.ts";

/** Something that ends what it was given, as a test or a suite does. */
export interface Ending {
  after(end: () => void | Promise<void>): void;
}

/** An Azurite of a test's own, with an empty container. */
export type Azurite = Awaited<ReturnType<typeof startAzurite>>;

const ACCOUNT = "testaccount";
const CONTAINER = "lake";

/** Starts Azurite on a free port; it ends with the test. */
export async function startAzurite(t: Ending) {
  const folder = temporaryFolder(t, "azurite");
  const port = await freePort(0);
  const key = Buffer.from("a key that only this test knows").toString("base64");
  const { program } = await installedAzurite(readSettings());
  const options = ["--blobHost", "127.0.0.1", "--blobPort", String(port), "--location", folder];
  const child = spawn(
    process.execPath,
    [program, ...options, "--skipApiVersionCheck", "--silent", "--disableTelemetry"],
    { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` } },
  );
  t.after(async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error("Azurite ended while it started");
    await sleep(50);
  }
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new BlobServiceClient(`${endpoint}/${ACCOUNT}`, new StorageSharedKeyCredential(ACCOUNT, key));
  const container = client.getContainerClient(CONTAINER);
  await container.create();
  return {
    endpoint,
    account: ACCOUNT,
    key,
    container: CONTAINER,
    /** The files of the container below a folder. */
    async list(prefix: string): Promise<string[]> {
      const names: string[] = [];
      for await (const { name } of container.listBlobsFlat({ prefix })) names.push(name);
      return names;
    },
    remove: (name: string) => container.deleteBlob(name),
    read: async (name: string) => (await container.getBlobClient(name).downloadToBuffer()).toString(),
    write: (name: string, text: string) => container.uploadBlockBlob(name, text, Buffer.byteLength(text)),
  };
}

/** A folder that goes with the test. */
export function temporaryFolder(t: Ending, name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `portal-test-${name}-`));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
