import { createPrivateKey, createPublicKey } from "node:crypto";
import type { Connection, ConnectionOptions, RowStatement } from "snowflake-sdk";
import { isTrusted, type SnowflakeAddress } from "./address.ts";
import { loadDriver, tellStatement } from "./driver.ts";
import { type FailedStatement, SnowflakeError, snowflakeError } from "./errors.ts";
import { identifier } from "./names.ts";

/** A row, every value as text: numbers keep all their digits. */
export type SnowflakeRow = Record<string, string | null>;

/** A session in Snowflake. */
export interface Snowflake {
  readonly address: SnowflakeAddress;
  /** Runs one statement; `?` in it stand for `binds`. */
  run(sql: string, binds?: readonly (string | null)[], options?: { signal?: AbortSignal }): Promise<SnowflakeRow[]>;
  close(): Promise<void>;
}

/** Logs in. The driver is loaded here and not before. */
export async function openSnowflake(address: SnowflakeAddress): Promise<Snowflake> {
  if (!isTrusted(address))
    throw new SnowflakeError(`${address.url} is not Snowflake's, so nothing was sent there.`, {
      hint: "Only *.snowflakecomputing.com and .cn are trusted with a key, and the stand-in of this laptop.",
    });
  const key = openKey(address);
  const { user, role, warehouse } = address;
  const statement: FailedStatement = {
    host: new URL(address.url).host,
    user,
    role,
    warehouse,
    registerKey: key?.register,
  };
  const driver = await loadDriver();
  const connection = driver.createConnection(options(address, key?.pem));
  try {
    await new Promise<void>((resolve, reject) => connection.connect(error => (error ? reject(error) : resolve())));
  } catch (error) {
    throw snowflakeError(error, statement);
  }
  return {
    address,
    run(sql, binds = [], { signal } = {}) {
      tellStatement(sql);
      return execute(connection, sql, binds, signal).catch(error => {
        throw snowflakeError(error, statement);
      });
    },
    close: () => new Promise<void>(resolve => connection.destroy(() => resolve())),
  };
}

function options(address: SnowflakeAddress, pem: string | undefined): ConnectionOptions {
  const { account, user, url, role, warehouse, database, schema, password } = address;
  return {
    account,
    username: user,
    accessUrl: url,
    application: "DataOperationsPortal",
    ...(pem ? { authenticator: "SNOWFLAKE_JWT", privateKey: pem } : { password: password ?? "" }),
    ...(role && { role: bare(role) }),
    ...(warehouse && { warehouse: bare(warehouse) }),
    database: bare(database),
    schema: bare(schema),
    fetchAsString: ["Boolean", "Number", "Date", "JSON", "Buffer"],
    // Else nothing comes back as the text NULL.
    representNullAsStringNull: false,
    sfRetryMaxLoginRetries: 2,
    // Else many bound values would become files in a stage, which needs rights that the portal does not ask for.
    arrayBindingThreshold: 1e9,
  };
}

// A name in capitals needs no quotes, and a login takes it more surely without.
function bare(name: string): string {
  return /^[A-Z_][A-Z0-9_]*$/.test(name) ? name : identifier(name);
}

function openKey({ privateKey, passphrase = "", user, standIn }: SnowflakeAddress) {
  if (!privateKey) return undefined;
  try {
    const key = createPrivateKey({ key: privateKey, passphrase });
    const spki = createPublicKey(key).export({ type: "spki", format: "der" });
    const register = `ALTER USER ${identifier(user)} SET RSA_PUBLIC_KEY='${spki.toString("base64")}';`;
    return { pem: String(key.export({ type: "pkcs8", format: "pem" })), register: standIn ? "" : register };
  } catch (cause) {
    throw new SnowflakeError("The private key can't be opened.", {
      hint: "Check SNOWFLAKE_PRIVATE_KEY_FILE (PEM, PKCS 8) and SNOWFLAKE_PRIVATE_KEY_PASSPHRASE.",
      cause,
    });
  }
}

function execute(
  connection: Connection,
  sqlText: string,
  binds: readonly (string | null)[],
  signal?: AbortSignal,
): Promise<SnowflakeRow[]> {
  if (signal?.aborted)
    return Promise.reject(new SnowflakeError("The statement was cancelled before it began.", { code: "000604" }));
  return new Promise((resolve, reject) => {
    const statement: RowStatement = connection.execute({
      sqlText,
      ...(binds.length > 0 && { binds: [...binds] as string[] }),
      complete: (error, _, rows) => {
        signal?.removeEventListener("abort", cancel);
        if (error) reject(error);
        else resolve((rows ?? []).map(asTexts));
      },
    });
    // The statement itself then ends with an error.
    const cancel = () => statement.cancel(() => {});
    signal?.addEventListener("abort", cancel, { once: true });
  });
}

// Lists and objects come as such, whatever the driver is asked for.
function asTexts(row: Record<string, unknown>): SnowflakeRow {
  const text = (value: unknown) => (value === null || typeof value === "string" ? value : JSON.stringify(value));
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)]));
}
