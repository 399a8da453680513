import { z } from "zod";
import { envelopeShape, type JobFile } from "../../core/jobs/envelope.ts";
import { parseJobFile, someOf } from "../../core/jobs/parse/parse.ts";
import { jobTypes } from "../../engines/list.ts";
import { HttpError } from "../../engines/portal/page.ts";
import { type Body, bodyText } from "./route.ts";

const ours = "Said by the portal and the worker alone: what is written here is dropped.";
const { via, submittedBy, submittedAt, parent, retryOf } = envelopeShape.shape;
const readOnly = { description: ours, readOnly: true };
// A follow-up gets from the job before it what it does not say itself.
const followUps = Object.values(jobTypes).map(({ type, shape }) =>
  z.strictObject({ type: z.literal(type), parameters: someOf(shape).optional() }),
);

/** The whole job file of a type: what every job may have, and the parameters of this one. Undefined for an unknown type. */
export function jobFileShape(type: string): z.ZodObject | undefined {
  const known = Object.hasOwn(jobTypes, type) ? jobTypes[type] : undefined;
  const isEmptyEnough = known?.shape.safeParse({}).success;
  return (
    known &&
    envelopeShape.extend({
      type: z.literal(type),
      parameters: isEmptyEnough ? known.shape.optional() : known.shape,
      then: z.array(z.union(followUps)).max(16).optional(),
      via: via.meta(readOnly),
      submittedBy: submittedBy.meta(readOnly),
      submittedAt: submittedAt.meta(readOnly),
      parent: parent.meta(readOnly),
      retryOf: retryOf.meta(readOnly),
    })
  );
}

/** A job file as it would be dropped. Its errors carry the line and field. */
export const jobBody: Body<JobFile> = {
  shape: z.union(Object.keys(jobTypes).map(type => jobFileShape(type)!.meta({ id: `JobFile-${type}` }))),
  isOptional: false,
  read(request) {
    const parsed = parseJobFile(Buffer.from(bodyText(request)), jobTypes);
    if (parsed.ok) return parsed.file;
    if (!parsed.complete) throw new HttpError(400, "The body is not a JSON object.", undefined, parsed.problems);
    throw new HttpError(422, "Invalid job file.", "/api/types has what each type takes.", parsed.problems);
  },
};

/** The JSON Schema of what a shape takes; with "output", of what it gives. Read as JSON, so no shape is changed by it. */
export function schemaOf(shape: z.ZodType, io: "input" | "output" = "input"): Record<string, unknown> {
  return z.toJSONSchema(shape, { io, unrepresentable: "any" }) as Record<string, unknown>;
}
