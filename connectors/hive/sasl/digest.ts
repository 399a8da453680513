import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { HiveError } from "../address.ts";

/** A delegation token of a service: what is shown instead of a ticket. */
export interface DelegationToken {
  /** "The Hive Metastore", in sentences. */
  service: string;
  /** In Base64, as the protocol sends it. */
  identifier: string;
  password: string;
}

// The names that Hadoop gives a service whose clients show tokens.
const REALM = "default";
const ADDRESS = "null/default";

/**
 * Answers a challenge of SASL's DIGEST-MD5 (RFC 2831), by which Hadoop's services take tokens. `check` throws where the service
 * does not know the token itself. Throws where the service asks for encryption, which is not spoken here.
 */
export function answerDigest(
  challenge: Buffer,
  { service, identifier, password }: DelegationToken,
  cnonce = randomBytes(24).toString("base64"),
): { answer: Buffer; check(last: Buffer): void } {
  const asked = parse(challenge.toString("utf8"));
  const { nonce = "", qop = "auth", realm = REALM } = asked;
  if (!qop.split(/\s*,\s*/).includes("auth"))
    throw new HiveError(`${service} asks for a connection that SASL protects (${qop}), which is not spoken here.`, {
      hint: "Let it take hadoop.rpc.protection=authentication beside what it takes now: authentication,privacy.",
    });
  const secret = Buffer.concat([md5(`${identifier}:${realm}:${password}`), Buffer.from(`:${nonce}:${cnonce}`)]);
  const first = md5(secret).toString("hex");
  const proof = (method: string) =>
    md5(`${first}:${nonce}:00000001:${cnonce}:auth:${md5(`${method}:${ADDRESS}`).toString("hex")}`).toString("hex");
  const members = [
    `charset=utf-8,username="${identifier}",realm="${realm}",nonce="${nonce}",nc=00000001,cnonce="${cnonce}"`,
    `digest-uri="${ADDRESS}",maxbuf=65536,response=${proof("AUTHENTICATE")},qop=auth`,
  ];
  return {
    answer: Buffer.from(members.join(",")),
    check(last) {
      const [given, own] = [Buffer.from(parse(last.toString("utf8")).rspauth ?? ""), Buffer.from(proof(""))];
      if (given.length !== own.length || !timingSafeEqual(given, own))
        throw new HiveError(
          `What answers in the place of ${inSentence(service)} does not know our token: it is another service.`,
        );
    },
  };
}

/** A service's name within a sentence: "the Hive Metastore". */
export function inSentence(service: string): string {
  return service.replace(/^The /, "the ");
}

function md5(of: string | Buffer): Buffer {
  return createHash("md5").update(of).digest();
}

function parse(text: string): Partial<Record<string, string>> {
  const members = text.matchAll(/([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^,]*))/g);
  return Object.fromEntries(
    Array.from(members, ([, name = "", quoted, plain]) => [name, quoted?.replace(/\\(.)/g, "$1") ?? plain]),
  );
}
