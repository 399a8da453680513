/** HDFS refused something or has not what was asked for. `exception` is Hadoop's own word for it, where it said one. */
export class HdfsError extends Error {
  override name = "HdfsError";
  readonly hint: string | undefined;
  readonly exception: string | undefined;

  constructor(
    message: string,
    { hint, exception, cause }: { hint?: string; exception?: string; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.hint = hint;
    this.exception = exception;
  }
}

/** HDFS does not answer: another attempt later is worth it. */
export class HdfsUnavailable extends HdfsError {
  override name = "HdfsUnavailable";
}

/** What a person reads of an error that WebHDFS answered, `{ "RemoteException": … }`, about a path. */
export function errorOf(
  { status, challenge, body }: { status: number; challenge?: string | undefined; body: Buffer },
  path: string,
  { user, password }: { user?: string | undefined; password?: string | undefined },
): HdfsError {
  if (status === 401 && /\bBasic\b/i.test(challenge ?? ""))
    return new HdfsError(
      password === undefined ? "HDFS asks for a user and a password." : `HDFS refuses ${user} and the password.`,
      {
        hint:
          password === undefined
            ? "Write WEBHDFS_USER=… and WEBHDFS_PASSWORD=… into .env."
            : "Correct WEBHDFS_USER and WEBHDFS_PASSWORD in .env.",
      },
    );
  const { exception = "", message = "" } = remoteException(body.toString());
  const description = DESCRIPTIONS[exception];
  if (description) return new HdfsError(description.message(path, user), { hint: description.hint, exception });
  if (AWAY.has(exception))
    return new HdfsUnavailable(`HDFS takes no requests now: ${firstLine(message)}`, {
      hint: "Wait until it is up.",
      exception,
    });
  const why = message ? `: ${firstLine(message)}` : ".";
  return new HdfsError(`HDFS answered ${status}${exception && ` ${exception}`} for ${path}${why}`, {
    ...(exception && { exception }),
    ...(HINTS[status] && { hint: HINTS[status] }),
  });
}

const HINTS: Readonly<Record<number, string>> = {
  401: "It asks for Kerberos: write SPARK_KERBEROS_PRINCIPAL and SPARK_KERBEROS_KEYTAB into .env, or name a gateway as WEBHDFS_URL.",
  404: "WEBHDFS_URL must be the address of the NameNode's web server, http://namenode:9870.",
};

const DESCRIPTIONS: Readonly<Record<string, { message(path: string, user?: string): string; hint: string }>> = {
  FileNotFoundException: {
    message: path => `There is no ${path} in HDFS.`,
    hint: "Look at its name, and whether somebody has removed it.",
  },
  AccessControlException: {
    message: (path, user) => `HDFS does not let ${user ?? "this user"} do that with ${path}.`,
    hint: "Give that user the right (hdfs dfs -chmod, -chown), or correct WEBHDFS_USER.",
  },
  FileAlreadyExistsException: {
    message: path => `There is a ${path} in HDFS already: nothing was changed.`,
    hint: "Choose another name.",
  },
};

const AWAY: ReadonlySet<string> = new Set(["SafeModeException", "StandbyException", "RetriableException"]);

/** Whether a NameNode says that it is not the active one. */
export function isStandby({ status, body }: { status: number; body: Buffer }): boolean {
  return status === 403 && remoteException(body.toString()).exception === "StandbyException";
}

/** Whether a NameNode does not know a delegation token, or no longer. */
export function isTokenRefused({ status, body }: { status: number; body: Buffer }): boolean {
  if (status !== 401 && status !== 403) return false;
  const { exception = "", message = "" } = remoteException(body.toString());
  return /InvalidToken/.test(`${exception} ${message}`) || (status === 401 && exception === "");
}

function remoteException(body: string): { exception?: string; message?: string } {
  try {
    return (JSON.parse(body) as { RemoteException?: object }).RemoteException ?? {};
  } catch {
    return {};
  }
}

// Hadoop's messages may go on with a stack.
function firstLine(message: string): string {
  return (message.split("\n")[0] ?? "").slice(0, 500).toWellFormed();
}
