import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { HiveClient as Client } from "hive-driver";
import type { Settings } from "../../core/settings.ts";
import { type HiveAddress, HiveError, hiveAddress } from "./address.ts";
import { TokenRefused } from "./sasl/sasl.ts";
import { type ServerToken, serverToken, tokenInHeader, tokenInSasl } from "./server2-token.ts";

/** A session of HiveServer2. Every value comes as text: statements cast what they ask for. */
export interface Hive {
  query(sql: string, signal?: AbortSignal): Promise<Record<string, string | null>[]>;
  close(): Promise<void>;
}

type Driver = typeof import("hive-driver");
type Session = Awaited<ReturnType<Client["openSession"]>>;
type Operation = Awaited<ReturnType<Session["executeStatement"]>>;

const CONNECT_WITHIN = 20_000;

/** What a session is set to. The first is Hive's habit to count by statistics that may be old; without it nothing is proven. */
const NEEDED = ["set hive.compute.query.using.stats=false"];
/** Not every Hive has these, and a server may forbid them. */
const SESSION_SETTINGS = ["set hive.query.results.cache.enabled=false", "set hive.fetch.task.aggr=false"];

/** Opens a session at HIVE_SERVER2_URL. Throws a HiveError with a sentence, or a SettingsError. */
export async function openHive(settings: Settings): Promise<Hive> {
  const address = hiveAddress(settings);
  if (!address)
    throw new HiveError("No HiveServer2 is set.", {
      hint: "Write HIVE_SERVER2_URL=jdbc:hive2://host:10000 into .env.",
    });
  if (!address.principal) return await openAt(address, settings);
  try {
    return await openAt(address, settings, await serverToken(settings, address));
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    // One that was started anew has forgotten it.
    return await openAt(address, settings, await serverToken(settings, address, "again"));
  }
}

async function openAt(address: HiveAddress, settings: Settings, token?: ServerToken): Promise<Hive> {
  // Few jobs ask Hive.
  const driver = await import("hive-driver");
  const { TCLIService, TCLIService_types: types } = driver.thrift;
  const client = new driver.HiveClient(TCLIService, types);
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => undefined); // it is told to whoever waits
  client.on("error", error => lost.reject(unavailable(address, error)));
  client.on("close", () => lost.reject(unavailable(address)));
  const heard = <T>(answer: Promise<T>) => Promise.race([answer, lost.promise]);
  try {
    const session = await within(address, async () => {
      await heard(connect(driver, client, address, settings, token));
      return await heard(
        client.openSession({
          client_protocol: types.TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V8,
          ...(!address.sasl && { username: address.user, password: address.password }),
        }),
      );
    });
    const run = (sql: string, signal?: AbortSignal) => heard(runStatement(driver, session, sql, signal));
    for (const statement of NEEDED) await run(statement);
    for (const statement of SESSION_SETTINGS) await run(statement).catch(() => undefined);
    return {
      query: run,
      close: async () => {
        await Promise.race([heard(session.close()), sleep(2000)]).catch(() => undefined);
        client.close();
      },
    };
  } catch (error) {
    client.close();
    throw describedError(address, error);
  }
}

async function connect(
  driver: Driver,
  client: Client,
  address: HiveAddress,
  settings: Settings,
  token?: ServerToken,
): Promise<void> {
  const { host, port, path, tls, user, password } = address;
  const ca = settings.HIVE_SERVER2_CA_FILE && readFileSync(settings.HIVE_SERVER2_CA_FILE);
  // By default the driver accepts any certificate.
  const trust = { rejectUnauthorized: true, servername: host, ...(ca && { ca }) };
  const account = { username: user, password };
  if (path !== undefined) {
    const options = { path, https: tls, ...(tls && { nodeOptions: trust }) };
    const auth = token ? tokenInHeader(token) : new driver.auth.PlainHttpAuthentication(account);
    await client.connect({ host, port, options }, new driver.connections.HttpConnection(), auth);
    return;
  }
  const options = tls ? { ssl: true, ...trust } : {};
  const plain = () => (address.sasl ? withSasl(new driver.auth.PlainTcpAuthentication(account)) : withoutSasl(driver));
  const auth = token ? withSasl(tokenInSasl(token)) : plain();
  await client.connect({ host, port, options }, new driver.connections.TcpConnection(), auth);
}

type Authentication = NonNullable<Parameters<Client["connect"]>[2]>;

// The driver waits for ever if the server closes the connection during the log-in. This rejects then.
function withSasl(inner: Authentication): Authentication {
  return {
    async authenticate(transport) {
      const answer = inner.authenticate(transport);
      const ended = Promise.withResolvers<never>();
      transport.addListener("close", () => ended.reject(new Error("it hung up while we logged in")));
      ended.promise.catch(() => undefined); // later it is the connection that tells
      return await Promise.race([answer, ended.promise]);
    },
  };
}

// The driver does not wait until the connection is open and then reports it as lost. This waits.
function withoutSasl(driver: Driver): Authentication {
  const inner = new driver.auth.NoSaslAuthentication();
  return {
    async authenticate(transport) {
      const connecting = await inner.authenticate(transport);
      await new Promise((done, fail) => {
        connecting.addListener("connect", done);
        connecting.addListener("error", fail);
      });
      return connecting;
    },
  };
}

async function runStatement(
  driver: Driver,
  session: Session,
  sql: string,
  signal?: AbortSignal,
): Promise<Record<string, string | null>[]> {
  signal?.throwIfAborted();
  const operation = await session.executeStatement(sql, { runAsync: true }).catch(error => {
    throw refused(error);
  });
  const cancel = () => void operation.cancel().catch(() => undefined);
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    await finished(driver, operation, signal);
    const tools = new driver.HiveUtils(driver.thrift.TCLIService_types);
    await tools.fetchAll(operation);
    const rows: Record<string, unknown>[] = tools.getResult(operation).getValue() ?? [];
    return rows.map(textOnly);
  } catch (error) {
    signal?.throwIfAborted();
    throw refused(error);
  } finally {
    signal?.removeEventListener("abort", cancel);
    await operation.close().catch(() => undefined);
  }
}

async function finished(driver: Driver, operation: Operation, signal?: AbortSignal): Promise<void> {
  const { TOperationState: states } = driver.thrift.TCLIService_types;
  const running = [states.INITIALIZED_STATE, states.RUNNING_STATE, states.PENDING_STATE];
  for (let pause = 20; ; pause = Math.min(pause * 2, 1000)) {
    signal?.throwIfAborted();
    const status = await operation.status(false);
    if (status.operationState === states.FINISHED_STATE) return;
    if (!running.includes(status.operationState)) throw new Error(status.errorMessage ?? "Hive ended the statement");
    await sleep(pause);
  }
}

function textOnly(row: Record<string, unknown>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === null || value === undefined ? null : String(value)]),
  );
}

async function within<T>(address: HiveAddress, open: () => Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(unavailable(address, new Error("no answer within 20 s"))), CONNECT_WITHIN);
  try {
    return await Promise.race([open(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(address: HiveAddress, error?: unknown): HiveError {
  const { host, port } = address;
  const why = error instanceof Error && error.message ? ` (${error.message})` : "";
  const status = /HTTP status code: (\d+)/.exec(why)?.[1];
  if (status === "401" || status === "403") return denied(address);
  return new HiveError(`HiveServer2 does not answer at ${host}:${port}${why}.`, {
    hint: "See that it runs and that its mode fits HIVE_SERVER2_URL (transportMode, ssl, auth); the next attempt goes on.",
    unavailable: true,
  });
}

function denied({ principal }: HiveAddress): HiveError {
  if (principal)
    return new TokenRefused("HiveServer2 refuses our token.", {
      hint: "See that principal= in HIVE_SERVER2_URL is its own, and look at its log.",
    });
  return new HiveError("HiveServer2 does not let us in.", {
    hint: "Correct HIVE_SERVER2_USER and HIVE_SERVER2_PASSWORD in .env.",
  });
}

function describedError(address: HiveAddress, error: unknown): Error {
  if (error instanceof HiveError) return error;
  const message = error instanceof Error ? error.message : String((error as { message?: string }).message ?? error);
  return /authentication error/i.test(message) ? denied(address) : unavailable(address, new Error(firstLine(message)));
}

// Hive's own words without its stack: `Error while compiling statement: FAILED: SemanticException [Error 10001]: Line 1:20 …`.
function refused(error: unknown): HiveError {
  if (error instanceof HiveError) return error;
  const message = String((error as { message?: string } | undefined)?.message ?? error);
  const words = firstLine(message)
    .replace(/^([\w.]+\.)?\w+(Exception|Error): /, "")
    .replace(/^Error while (compiling|processing) statement: (FAILED: )?/, "");
  return new HiveError(`Hive refuses the statement: ${words.replace(/\.$/, "")}.`);
}

function firstLine(message: string): string {
  return (message.split("\n")[0] ?? "").slice(0, 500);
}
