import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Settings } from "../../../core/settings.ts";
import { type StepContext, StepFailed } from "../../engine.ts";
import { applicationOf, killApplication } from "../../run-script/application.ts";
import { type Command, runDriver } from "../../run-script/driver.ts";
import { submitCommand } from "../../run-script/submit.ts";
import type { TaskSource } from "./source.ts";

/** What one task is to send. Its addresses may write for a time: it is in memory only, here, in the script and in the task. */
export interface Order {
  source: TaskSource;
  ca?: string;
  bytesPerSecond?: number;
  parts: {
    from: string;
    /** The name in the copy, for what is told of a failure. */
    name: string;
    to: string;
    offset: number;
    bytes: number;
    blockBytes: number;
    blocks: readonly string[];
  }[];
}

const answerShape = z.object({
  id: z.number().optional(),
  ready: z.string().optional(),
  sums: z.array(z.string()).optional(),
  error: z.string().optional(),
  gone: z.string().nullish(),
});
export type Answer = z.infer<typeof answerShape>;

/** The script as it runs: gives it orders, any number at a time. */
export interface SendingScript {
  /** Throws where the script ends before it has answered. */
  send(order: Order): Promise<Answer>;
  /** Lets it end, once all its orders are answered. */
  end(): Promise<void>;
  /** Ends it and its application now. */
  stop(): Promise<void>;
}

const NAME = "send_blocks.py";

/** Submits the script that sends files from Spark's executors, and waits until it listens. It ends with `signal`. */
export async function startSending(
  context: Pick<StepContext, "settings" | "emit">,
  table: string,
  signal: AbortSignal,
) {
  const { settings, emit } = context;
  const cwd = mkdtempSync(join(tmpdir(), "portal-copy-"));
  const stopped = new AbortController();
  const until = AbortSignal.any([signal, stopped.signal]);
  const orders = listen(join(cwd, "orders"));
  try {
    const file = join(cwd, NAME);
    copyFileSync(join(import.meta.dirname, NAME), file);
    // It is ours, and runs beside us: its orders come through a folder of this machine.
    const conf = { "spark.submit.deployMode": "client" };
    const own = { ...settings, SCRIPTS_USER: undefined };
    const command = await submitCommand(own, { file, name: `copy of ${table}`, args: [], conf, cwd });
    const ended = runToEnd(command, until, settings, orders);
    ended.catch(() => undefined);
    const stop = async () => {
      stopped.abort();
      const left = await ended.catch(() => undefined);
      if (left) emit({ event: "left-behind", table, ...left });
      rmSync(cwd, { recursive: true, force: true });
    };
    await orders.ready.catch(async error => {
      await stop();
      signal.throwIfAborted();
      throw error;
    });
    const script: SendingScript = {
      send: orders.send,
      stop,
      async end() {
        orders.finish();
        // One that has nothing to do any more ends by itself, unless its cluster holds it.
        await Promise.race([ended.catch(() => undefined), pause(GRACE, undefined, { ref: false })]);
        await stop();
      },
    };
    return script;
  } catch (error) {
    orders.end(undefined);
    rmSync(cwd, { recursive: true, force: true });
    throw error;
  }
}

const GRACE = 20_000;

// Where it was told to end its application is ended too; gives what may still run.
async function runToEnd(command: Command, signal: AbortSignal, settings: Settings, orders: ReturnType<typeof listen>) {
  let application: string | undefined;
  let code: number | undefined;
  try {
    code = await runDriver(command, signal, line => {
      application ??= applicationOf(line, command);
    });
  } finally {
    orders.end(code);
  }
  if (!signal.aborted || !application) return undefined;
  const why = await killApplication(application, settings);
  return why === undefined ? undefined : { what: `application ${application}`, why };
}

/** The end of a script's channel that the engine holds: a socket in a folder that nobody else may enter. */
function listen(path: string) {
  const waiting = new Map<number, PromiseWithResolvers<Answer>>();
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => undefined);
  let socket: Socket | undefined;
  let next = 0;
  let over: Error | undefined;
  const take = (line: string) => {
    const answer = answerShape.parse(JSON.parse(line));
    if (answer.ready !== undefined) return ready.resolve();
    waiting.get(answer.id ?? -1)?.resolve(answer);
    waiting.delete(answer.id ?? -1);
  };
  const server = createServer(connected => {
    // One script, and no second.
    server.close();
    socket = connected;
    connected.on("error", () => connected.destroy());
    createInterface({ input: connected }).on("line", take);
  }).listen(path);
  return {
    ready: ready.promise,
    async send(order: Order): Promise<Answer> {
      if (over || !socket) throw over ?? new Error("The script that sends files is not there.");
      const id = next++;
      const answered = Promise.withResolvers<Answer>();
      waiting.set(id, answered);
      socket.write(`${JSON.stringify({ id, ...order })}\n`);
      return await answered.promise;
    },
    finish: () => void socket?.end(),
    end(code: number | undefined) {
      over = new StepFailed({
        message: `The script that sends files from Spark's executors ended${code === undefined ? "" : ` with exit code ${code}`}.`,
        hint: "The log tells why. What it has sent stays, and is not sent again.",
      });
      server.close();
      socket?.destroy();
      ready.reject(over);
      for (const { reject } of waiting.values()) reject(over);
      waiting.clear();
    },
  };
}
