import type { LogFormat } from "./format.ts";

/** All formats that files are tried against, the narrow ones first. */
export const FORMATS: readonly LogFormat[] = [];

/** What a job may name: a format, or a family of formats such as `syslog`, of which each file's own is found. */
export const NAMES: readonly string[] = ["access", "csv", "hadoop", "json", "spark", "syslog"];
