import { type DataType, ddl } from "../../../connectors/spark/protocol/types.ts";
import { datePattern, isoDate, isoTimestamp } from "./dates.ts";
import { isBinary, isWholeNumber, notDecimal, plainNumber } from "./numbers.ts";

/** How the values of a column are written, where that is not as Spark writes them. */
export interface ValueFormat {
  decimal?: "." | "," | undefined;
  thousands?: string | undefined;
  /** Of dates and timestamps, with Java's letters. */
  pattern?: string | undefined;
  /** Words that mean that there is no value. */
  nulls?: readonly string[] | undefined;
  /** The words for true and for false. */
  booleans?: readonly [string, string] | undefined;
}

/** A value as Spark is given it, or what is wrong with it, in words that follow its text. */
export type ReadValue = { value: string } | { wrong: string };

/**
 * Gives what reads the values of a type. It takes a text only if the value would be written back as it: a zero, a sign or a
 * blank too many, a date without its day, a number with a letter behind it are no values.
 */
export function valueReader(type: DataType, format: ValueFormat = {}): (text: string) => ReadValue {
  const wrong = { wrong: `is no ${ddl(type)}` };
  const from = (read: (text: string) => string | undefined) => (text: string) => {
    const value = read(text);
    return value === undefined ? wrong : { value };
  };
  switch (type.kind) {
    case "integer":
    case "long": {
      const bits = type.kind === "long" ? 64 : 32;
      return text => {
        const plain = plainNumber(text, format);
        if (plain !== undefined && isWholeNumber(plain, bits)) return { value: plain };
        const [, sign = "", digits = ""] = /^([+-]?)0*(\d+)$/.exec(plain ?? "") ?? [];
        const back = `${sign === "-" && digits !== "0" ? "-" : ""}${digits}`;
        return digits !== "" && isWholeNumber(back, bits)
          ? { wrong: `${wrong.wrong}: it would be written back as ${back}` }
          : wrong;
      };
    }
    case "decimal":
      return text => {
        const plain = plainNumber(text, format);
        const why = plain === undefined ? wrong.wrong : notDecimal(plain, type.precision, type.scale);
        return why === undefined ? { value: plain ?? "" } : { wrong: why };
      };
    case "float":
    case "double":
      return from(text => {
        const plain = plainNumber(text, format);
        return plain !== undefined && isBinary(plain, type.kind === "float") ? plain : undefined;
      });
    case "date":
    case "timestamp":
    case "timestamp_ntz": {
      const compiled = format.pattern ? datePattern(format.pattern) : undefined;
      const hasNoZone = type.kind === "timestamp_ntz";
      // A time without a zone has no offset to turn it by.
      const fits = (value: string | undefined) =>
        hasNoZone && /(Z|[+-]\d\d:\d\d)$/.test(value?.slice(11) ?? "") ? undefined : value;
      if (!compiled) return from(type.kind === "date" ? isoDate : text => fits(isoTimestamp(text)));
      const read = from(text => {
        const found = compiled.read(text);
        if (found === undefined || compiled.hasTime === (type.kind === "date")) return undefined;
        return type.kind === "date" ? found : fits(found);
      });
      return text =>
        compiled.isInDoubt(text)
          ? { wrong: "has a year that can be of 1900 or of 2000: write it with four digits" }
          : read(text);
    }
    case "boolean": {
      const { booleans } = format;
      if (booleans) return from(text => (text === booleans[0] ? "true" : text === booleans[1] ? "false" : undefined));
      return from(text => (/^(true|false)$/i.test(text) ? text.toLowerCase() : undefined));
    }
    default:
      return text => ({ value: text });
  }
}
