import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(argon2);
// OWASP's password storage cheat sheet: argon2id, 19 MiB, two passes, one lane.
const COST = { parallelism: 1, tagLength: 32, memory: 19_456, passes: 2 };
const SHORTEST = 10;
const LONGEST = 1000;

/** Hashes a password, with the figures it was hashed with. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await tagOf(password, nonce, COST);
  return ["argon2id", `m=${COST.memory},t=${COST.passes},p=${COST.parallelism}`, base64(nonce), base64(tag)].join("$");
}

/** Whether a password is the one of a hash. Takes as long where there is no hash, so that nobody learns who exists. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, cost = "", nonce = "", tag = ""] = (hash ?? NOBODY).split("$");
  const [, memory, passes, parallelism] = /^m=(\d+),t=(\d+),p=(\d+)$/.exec(cost) ?? [];
  const wanted = Buffer.from(tag, "base64");
  const given = await tagOf(password.slice(0, LONGEST), Buffer.from(nonce, "base64"), {
    parallelism: Number(parallelism),
    tagLength: wanted.length,
    memory: Number(memory),
    passes: Number(passes),
  });
  return timingSafeEqual(given, wanted) && hash !== undefined;
}

/** Why a password is not taken; undefined if it is. */
export function passwordProblem(password: string, name: string): string | undefined {
  if (password.length < SHORTEST) return `Choose a password of at least ${SHORTEST} characters; a few words are best.`;
  if (password.length > LONGEST) return `Choose a password of at most ${LONGEST} characters.`;
  if (password.toLowerCase().includes(name.toLowerCase()) && name.length > 3)
    return "The password holds your name: choose another.";
  return undefined;
}

async function tagOf(
  password: string,
  nonce: Buffer,
  cost: Omit<Argon2Parameters, "message" | "nonce">,
): Promise<Buffer> {
  return Buffer.from(await derive("argon2id", { message: password.normalize("NFKC"), nonce, ...cost }));
}

function base64(bytes: Buffer): string {
  return bytes.toString("base64");
}

const NOBODY = `argon2id$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${base64(Buffer.alloc(16))}$${base64(Buffer.alloc(32))}`;
