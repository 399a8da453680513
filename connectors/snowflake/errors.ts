/** A failure that Snowflake reports, or that is met on the way there. */
export class SnowflakeError extends Error {
  override name = "SnowflakeError";
  /** Snowflake's own number, `390100`, or the driver's. */
  declare readonly code?: string;
  declare readonly sqlState?: string;
  /** What a person can do about it. */
  declare readonly hint?: string;

  constructor(message: string, failure: { code?: string; sqlState?: string; hint?: string; cause?: unknown } = {}) {
    super(message, failure.cause === undefined ? undefined : { cause: failure.cause });
    if (failure.code) this.code = failure.code;
    if (failure.sqlState) this.sqlState = failure.sqlState;
    if (failure.hint) this.hint = failure.hint;
  }
}

/** What was asked, as far as a message may tell it. */
export interface FailedStatement {
  host: string;
  user: string;
  role?: string | undefined;
  warehouse?: string | undefined;
  /** The statement that registers our public key, where a key logs in. */
  registerKey?: string | undefined;
}

/** Whether Snowflake says that something is not there, or not for this role: it does not tell the two apart. */
export function isMissing(error: unknown): boolean {
  return error instanceof SnowflakeError && (error.code === "002003" || error.code === "002043");
}

/** Whether Snowflake says that something is there already. */
export function isThere(error: unknown): boolean {
  return error instanceof SnowflakeError && error.code === "002002";
}

/** Whether the role may not do what was asked. */
export function isForbidden(error: unknown): boolean {
  return error instanceof SnowflakeError && (error.code === "003001" || error.sqlState === "42501");
}

/** What the driver reports, as one class with a sentence that says what to do. */
export function snowflakeError(error: unknown, statement: FailedStatement): SnowflakeError {
  if (error instanceof SnowflakeError) return error;
  const { code, sqlState, message = String(error) } = (error ?? {}) as Record<string, string | undefined>;
  const known = KNOWN[String(code)]?.(statement);
  const firstLine = message.split("\n")[0] ?? "";
  return new SnowflakeError(known ? `${known.what} (${firstLine})` : `Snowflake: ${firstLine}`, {
    ...(code !== undefined && { code: String(code) }),
    ...(sqlState && { sqlState }),
    ...(known && { hint: known.hint }),
    cause: error,
  });
}

const unreachable = ({ host }: FailedStatement) => ({
  what: `${host} does not answer as Snowflake.`,
  hint: /^(127\.|localhost|\[)/.test(host)
    ? "It is the laptop's stand-in: start it with `npm run laptop`."
    : "Check SNOWFLAKE_ACCOUNT (ORGANISATION-ACCOUNT), and that this machine may reach that host over HTTPS.",
});
const keyRefused = ({ user, registerKey }: FailedStatement) => ({
  what: `Snowflake refused the key of the user ${user}.`,
  hint: `Check SNOWFLAKE_ACCOUNT and SNOWFLAKE_USER, and let an administrator register the key: ${registerKey}`,
});
const loggedOut = () => ({ what: "Snowflake ended the session.", hint: "Run the job again: it logs in anew." });

const KNOWN: Record<string, (statement: FailedStatement) => { what: string; hint: string }> = {
  390100: ({ user }) => ({
    what: `Snowflake refused the password of the user ${user}.`,
    hint: "Check SNOWFLAKE_USER and SNOWFLAKE_PASSWORD; a key pair (SNOWFLAKE_PRIVATE_KEY_FILE) is the better way in.",
  }),
  390144: keyRefused,
  394300: keyRefused,
  390189: ({ user, role }) => ({
    what: `Snowflake has no role ${role}, or the user ${user} was not granted it.`,
    hint: `Check SNOWFLAKE_ROLE, or let an administrator run: GRANT ROLE ${role} TO USER ${user};`,
  }),
  "000606": ({ warehouse, role }) => ({
    what: warehouse
      ? `Snowflake has no warehouse ${warehouse}, or the role may not use it.`
      : "No warehouse runs the statements of this user.",
    hint: warehouse
      ? `Check SNOWFLAKE_WAREHOUSE, or let an administrator run: GRANT USAGE ON WAREHOUSE ${warehouse} TO ROLE ${role ?? "<role>"};`
      : "Write SNOWFLAKE_WAREHOUSE=… into .env.",
  }),
  "000604": () => ({ what: "The statement was cancelled.", hint: "Run the job again if that was not meant." }),
  390111: loggedOut,
  390112: loggedOut,
  390114: loggedOut,
  401001: unreachable,
  401002: unreachable,
};
