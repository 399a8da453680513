import { z } from "zod";
import { jobTypes } from "../../engines/list.ts";
import { Refusal } from "../../engines/page.ts";
import { envelopeShape, type JobFile } from "../../jobs/envelope.ts";
import { parseJobFile, someOf } from "../../jobs/parse.ts";
import { type Body, textOf } from "./body.ts";

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
  read(visit) {
    const parsed = parseJobFile(Buffer.from(textOf(visit)), jobTypes);
    if (parsed.ok) return parsed.file;
    if (!parsed.complete) throw new Refusal(400, "The body is not a JSON object.", undefined, parsed.problems);
    throw new Refusal(422, "This is not a good job file.", "/api/types has what each type takes.", parsed.problems);
  },
};
