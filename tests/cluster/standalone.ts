import { openSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { type Cluster, until } from "../../bench/measuring/cluster.ts";
import { findInstalled } from "../../core/installed.ts";
import { readSettings } from "../../core/settings.ts";
import { freePort } from "../../laptop/ports.ts";

// Without the REST port, which would be the same for every master of the machine.
const SMALL = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dspark.master.rest.enabled=false"];

/** Starts a Spark standalone cluster of one master and one worker with two cores, from Spark's own jars; its files lie below `folder`. */
export async function startStandalone(folder: string): Promise<Cluster> {
  const { sparkHome, java } = await findInstalled(readSettings());
  const port = await freePort(0);
  const page = await freePort(0);
  const master = `spark://127.0.0.1:${port}`;
  const daemon = (name: string, args: string[]) => {
    const log = openSync(join(folder, `${name.toLowerCase()}.log`), "a", 0o600) as 3;
    const main = `org.apache.spark.deploy.${name.toLowerCase()}.${name}`;
    return execa(java, [...SMALL, "-cp", join(sparkHome, "jars", "*"), main, ...args], {
      ...{ cwd: folder, reject: false, stdio: ["ignore", log, log], extendEnv: false },
      // Without the version of Scala, the worker looks for the folders of a build.
      env: { PATH: process.env.PATH, SPARK_HOME: sparkHome, SPARK_SCALA_VERSION: "2.13", SPARK_LOCAL_IP: "127.0.0.1" },
    });
  };
  const here = ["--host", "127.0.0.1"];
  const processes = [daemon("Master", [...here, "--port", String(port), "--webui-port", String(page)])];
  const state = async (): Promise<State | undefined> =>
    await fetch(`http://127.0.0.1:${page}/json/`).then(
      answer => answer.json() as Promise<State>,
      () => undefined,
    );
  await until(async () => (await state())?.status === "ALIVE");
  const sizes = ["--cores", "2", "--memory", "3g", "--work-dir", join(folder, "work")];
  const worker = daemon("Worker", [...here, "--webui-port", "0", ...sizes, master]);
  processes.push(worker);
  await until(async () => (await state())?.aliveworkers === 1);
  return {
    settings: { SPARK_MASTER: master },
    conf: ["spark.cores.max 1"],
    applications: async () => ((await state())?.activeapps ?? []).map(({ id, name }) => ({ id, name })),
    async kill(application) {
      // From 4.1.4 on the page's form has a token against requests of other pages.
      const form = await (await fetch(`http://127.0.0.1:${page}/`)).text();
      const [, csrfToken = ""] = /name="csrfToken" value="([^"]*)"|$/.exec(form.replaceAll("'", '"')) ?? [];
      const body = new URLSearchParams({ id: application, terminate: "true", csrfToken });
      const { status } = await fetch(`http://127.0.0.1:${page}/app/kill/`, {
        method: "POST",
        body,
        redirect: "manual",
      });
      if (status !== 302) throw new Error(`the master answered ${status} instead of killing ${application}`);
    },
    async executors() {
      const { stdout } = await execa("pgrep", ["-P", String(worker.pid), "-f", "CoarseGrainedExecutorBackend"], {
        reject: false,
      });
      return stdout.split("\n").filter(Boolean).map(Number);
    },
    async stop() {
      for (const process of processes.reverse()) {
        process.kill("SIGTERM");
        await process;
      }
    },
  };
}

interface State {
  status: string;
  aliveworkers: number;
  activeapps: { id: string; name: string }[];
}
