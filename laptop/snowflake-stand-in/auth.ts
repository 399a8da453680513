import { createHash, createPublicKey, type KeyObject, timingSafeEqual, verify } from "node:crypto";
import { ACCOUNT, type Configuration, ROLE, USER } from "./configuration.ts";
import { SqlError } from "./refusal.ts";

/** What a client sends to log in. */
export interface Login {
  LOGIN_NAME?: string;
  PASSWORD?: string;
  AUTHENTICATOR?: string;
  TOKEN?: string;
}

/** Refuses a login with a wrong name, password, key or role. */
export function checkLogin(login: Login, role: string | null, configuration: Configuration): void {
  if (login.AUTHENTICATOR === "SNOWFLAKE_JWT") checkToken(login.TOKEN ?? "", configuration.publicKeys);
  else if (login.AUTHENTICATOR && login.AUTHENTICATOR !== "SNOWFLAKE")
    throw new SqlError("390190", "08001", "Local Snowflake stand-in: it takes a password or a key pair, nothing else.");
  else if (login.LOGIN_NAME?.toUpperCase() !== USER || !same(login.PASSWORD ?? "", configuration.password))
    throw new SqlError("390100", "08001", "Incorrect username or password was specified.");
  if (role && role.toUpperCase() !== ROLE)
    throw new SqlError(
      "390189",
      "08001",
      `Role '${role}' specified in the connect string does not exist or not authorized.`,
    );
}

function checkToken(token: string, publicKeys: readonly string[]): void {
  const wrong = new SqlError("390144", "08001", "JWT token is invalid.");
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = parsed(payload);
  const now = Date.now() / 1000;
  // The driver writes milliseconds where a JWT has seconds.
  const seconds = (time: unknown) => (Number(time) > 1e11 ? Number(time) / 1000 : Number(time));
  if (parsed(header).alg !== "RS256" || claims.sub !== `${ACCOUNT}.${USER}`) throw wrong;
  if (!(seconds(claims.iat) <= now + 60 && seconds(claims.exp) > now)) throw wrong;
  const content = Buffer.from(`${header}.${payload}`);
  const signed = publicKeys.some(pem => {
    const key = createPublicKey(pem);
    const issuer = `${ACCOUNT}.${USER}.${fingerprint(key)}`;
    return claims.iss === issuer && verify("RSA-SHA256", content, key, Buffer.from(signature, "base64url"));
  });
  if (!signed) throw wrong;
}

function fingerprint(key: KeyObject): string {
  const content = key.export({ type: "spki", format: "der" });
  return `SHA256:${createHash("sha256").update(content).digest("base64")}`;
}

function parsed(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    return {};
  }
}

function same(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
