import { randomBytes } from "node:crypto";

// Crockford's base 32: no i, l, o or u, which people take for other characters.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const PATTERN = /^\d{8}T\d{9}Z-[a-z][a-z0-9-]{0,39}-[0-9a-hjkmnp-tv-z]{6}(?:-1){0,16}$/;

/** A new job id, `20261123T094512123Z-ingest-hive-k3f9q2`: sorts by time, safe in a URL and a file name. */
export function newId(type: string, now = new Date()): string {
  return derivedId(type, now.getTime(), randomBytes(6));
}

/** A job id made of a time and at least six bytes. The same input gives the same id. */
export function derivedId(type: string, time: number, bytes: Uint8Array): string {
  const letters = Array.from(bytes.subarray(0, 6), byte => ALPHABET[byte % 32]).join("");
  return `${new Date(time).toISOString().replace(/[-:.]/g, "")}-${type}-${letters}`;
}

/** Whether a text is a well-formed job id. */
export function isId(text: string): boolean {
  return PATTERN.test(text);
}

/** When the job of a well-formed id was submitted, in milliseconds since 1970; of a follow-up, when its first parent was. */
export function timeOfId(id: string): number {
  const [, date, hours, minutes, seconds, milliseconds] = /^(\d{8})T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(id) ?? [];
  const day = date?.replace(/(\d{4})(\d\d)(\d\d)/, "$1-$2-$3");
  return Date.parse(`${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`);
}

/** The id of the follow-up of a job: derived, so that the same follow-up can't be created twice. */
export function followUpId(parent: string): string {
  return `${parent}-1`;
}
