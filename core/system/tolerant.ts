import { z } from "zod";

/**
 * The shape for reading what a shape has written, perhaps in another version: an optional value that does not fit is left
 * out, and so is what the shape does not name, unless `unknown` says to keep it. What is required must fit.
 */
export function tolerant<T>(shape: z.ZodType<T>, unknown: "drop" | "keep" = "drop"): z.ZodType<T> {
  const known = made[unknown].get(shape) ?? build(shape, unknown);
  made[unknown].set(shape, known);
  return known as z.ZodType<T>;
}

const made = { drop: new WeakMap<z.ZodType, z.ZodType>(), keep: new WeakMap<z.ZodType, z.ZodType>() };

function build(shape: z.ZodType, unknown: "drop" | "keep"): z.ZodType {
  const inner = (part: unknown) => tolerant(part as z.ZodType, unknown);
  if (shape instanceof z.ZodObject) {
    const parts = Object.fromEntries(Object.entries(shape.shape).map(([name, part]) => [name, inner(part)]));
    const isLoose = unknown === "keep" || shape.def.catchall instanceof z.ZodUnknown;
    const object = isLoose ? z.looseObject(parts) : z.object(parts);
    return object.overwrite(withoutUndefined);
  }
  if (shape instanceof z.ZodExactOptional || shape instanceof z.ZodOptional)
    return inner(shape.unwrap()).optional().catch(undefined);
  if (shape instanceof z.ZodArray) return z.array(inner(shape.element));
  if (shape instanceof z.ZodNullable) return inner(shape.unwrap()).nullable();
  if (shape instanceof z.ZodRecord) return z.record(shape.keyType, inner(shape.valueType));
  if (shape instanceof z.ZodDiscriminatedUnion)
    return z.discriminatedUnion(shape.def.discriminator, shape.options.map(inner) as never);
  return shape;
}

// With exact optional properties a value that is left out is not there at all.
function withoutUndefined<T extends object>(object: T): T {
  for (const [name, value] of Object.entries(object)) if (value === undefined) delete object[name as keyof T];
  return object;
}
