import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { loadSync } from "@grpc/proto-loader";
import { PROJECT } from "../../../core/settings.ts";
import { sparkHome } from "./server.ts";

interface FieldType {
  name: string;
  number: number;
  type: number;
  label: number;
  typeName?: string;
}

interface MessageType {
  name: string;
  field: FieldType[];
  nestedType: MessageType[];
  enumType: { name: string; value: { name: string; number: number }[] }[];
}

const { FileDescriptorProto } = createRequire(import.meta.url)("protobufjs/ext/descriptor") as {
  FileDescriptorProto: { decode(bytes: Uint8Array): { messageType: MessageType[] } };
};

test("every message, field, number and type of the protocol's subset is Spark's own", () => {
  const theirs = sparkFields();
  const ours = ownFields();
  assert.ok(ours.size > 150, "the subset was not read");
  for (const [field, is] of ours) assert.equal(theirs.get(field), is, field);
});

/** `ExecutePlanRequest.tags` -> `7 repeated 9`, and enum values by their number. */
function fields(messages: MessageType[], prefix = ""): [string, string][] {
  return messages.flatMap(message => {
    const name = prefix + entryless(message.name);
    return [
      ...message.field.map((field): [string, string] => {
        const type = entryless(field.typeName?.split(".").at(-1) ?? "") || field.type;
        return [`${name}.${field.name}`, `${field.number}${field.label === 3 ? " repeated" : ""} ${type}`];
      }),
      ...message.enumType.flatMap(({ value }) =>
        value.map((one): [string, string] => [`${name}.${one.name}`, `${one.number}`]),
      ),
      ...fields(message.nestedType, `${name}.`),
    ];
  });
}

// The entries of a map: `ErrorClassesEntry` to Spark's compiler, `Error_classes` to ours.
function entryless(name: string): string {
  return name.replace(/Entry$/, "").replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function sparkFields(): Map<string, string> {
  const folder = join(sparkHome(), "sql", "connect", "proto");
  const files = readdirSync(folder).filter(name =>
    /^(base|commands|common|expressions|relations|types)_pb2\.py$/.test(name),
  );
  assert.equal(files.length, 6);
  return new Map(
    files.flatMap(name => {
      const [, , bytes] =
        /AddSerializedFile\(\s*b(["'])([\s\S]*?)\1\s*\)\n/.exec(readFileSync(join(folder, name), "latin1")) ?? [];
      assert.ok(bytes, `no descriptor in ${name}`);
      return fields(FileDescriptorProto.decode(pythonBytes(bytes)).messageType);
    }),
  );
}

/** The bytes of a Python literal. */
function pythonBytes(literal: string): Buffer {
  const named: Record<string, string> = { n: "\n", r: "\r", t: "\t", a: "\x07", b: "\b", f: "\f", v: "\v", "\n": "" };
  const text = literal.replace(/\\(?:x([\da-f]{2})|([0-7]{1,3})|([\s\S]))/g, (_, hex, octal, other) => {
    if (hex) return String.fromCharCode(Number.parseInt(hex, 16));
    return octal ? String.fromCharCode(Number.parseInt(octal, 8)) : (named[other] ?? other);
  });
  return Buffer.from(text, "latin1");
}

function ownFields(): Map<string, string> {
  const file = join(PROJECT, "connectors", "spark", "protocol", "connect.proto");
  const plan = loadSync(file, { keepCase: true })["spark.connect.Plan"] as { fileDescriptorProtos: Buffer[] };
  return new Map(plan.fileDescriptorProtos.flatMap(bytes => fields(FileDescriptorProto.decode(bytes).messageType)));
}
