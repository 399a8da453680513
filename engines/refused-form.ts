import type { FormState } from "../views/parts/form.ts";
import { HttpError } from "./portal/page.ts";

/** A form that can't be sent as it is: what was typed, with what is wrong at its fields, and the status of the answer. */
export interface RefusedForm {
  state: FormState;
  status: number;
}

/**
 * What was refused, for the page of the form to show again. `fields` names the form's field for what a job file calls it:
 * `{ trigger: "trigger", maxAttempts: "retries" }`. What has no field stands above the form. Rethrows what is no HttpError.
 */
export function refusedForm(
  error: unknown,
  form: URLSearchParams,
  fields: Readonly<Record<string, string>>,
): RefusedForm {
  if (
    !(error instanceof HttpError) ||
    error.status < 400 ||
    error.status === 401 ||
    error.status === 403 ||
    error.status > 499
  )
    throw error;
  const errors: Record<string, string> = {};
  const others: string[] = [];
  for (const problem of error.problems.length > 0 ? error.problems : []) place(problem, fields, errors, others);
  if (error.field) errors[error.field] = [error.message, error.hint].filter(Boolean).join(" ");
  const problem =
    error.field || error.problems.length > 0 ? others.join(" ") : [error.message, error.hint].filter(Boolean).join(" ");
  return {
    state: { typed: Object.fromEntries(form), errors, ...(problem && { problem }) },
    status: error.status,
  };
}

// `parameters.trigger: expected a number` belongs to the field of trigger, and so does `parameters.conf["a"]: …`.
function place(
  problem: string,
  fields: Readonly<Record<string, string>>,
  errors: Record<string, string>,
  others: string[],
): void {
  const [, path = "", words = problem] =
    /^(?:parameters\.)?([\w.]+)(?:\[[^:]*\])*(?:\.[^:]*)?: ([\s\S]*)$/.exec(problem) ?? [];
  const field = fields[path] ?? fields[path.split(".")[0] ?? ""];
  const least = words.replace(
    /^too (?:small|big): expected \w+ to be ([<>])=?(-?[\d.]+)$/i,
    (_, sign, bound) => `expected a number of ${bound} ${sign === ">" ? "or more" : "at most"}`,
  );
  const plain = least.replace(
    /^invalid input: expected (\w+), received .*/i,
    (_, kind) => `expected ${KINDS[kind] ?? kind}`,
  );
  const line = `${plain.charAt(0).toUpperCase()}${plain.slice(1)}${/[.!?]$/.test(plain) ? "" : "."}`;
  if (field) errors[field] = errors[field] ? `${errors[field]} ${line}` : line;
  else others.push(problem);
}

const KINDS: Readonly<Record<string, string>> = {
  number: "a number",
  int: "a whole number",
  string: "a text",
  boolean: "yes or no",
};
