import type { TableName } from "../names.ts";
import type { MetadataMove } from "./database.ts";
import { callThrift, type MapValue, THRIFT_TYPE, type ThriftField, thriftText } from "./thrift.ts";

// The numbers of the fields in hive_metastore.thrift.
const RESULT = 0;
const PARAMETERS_OF_TABLE = 9;

/**
 * Moves a table of the Hive Metastore to another metadata file, if it still stands on the one that is expected: the server
 * compares (HIVE-26882), and one that does not know how is asked once more right before. False where it stands on another.
 */
export async function moveInMetastore(
  uris: string,
  { namespace, table }: TableName,
  move: MetadataMove,
): Promise<boolean> {
  const server = addressOf(uris);
  const found = await callThrift(server, "get_table", [thriftText(1, namespace), thriftText(2, table)]);
  const stored = found.find(field => field.id === RESULT)?.value as ThriftField[] | undefined;
  if (!stored) throw new Error(`The Hive Metastore did not give ${namespace}.${table}: ${refusalOf(found)}`);
  const parameters = stored.find(field => field.id === PARAMETERS_OF_TABLE)?.value as MapValue;
  if (parameterOf(parameters, "metadata_location") !== move.from) return false;
  setParameter(parameters, "metadata_location", move.to);
  setParameter(parameters, "previous_metadata_location", move.from);
  const environment = mapOf({
    expected_parameter_key: "metadata_location",
    expected_parameter_value: move.from,
    DO_NOT_UPDATE_STATS: "true",
  });
  const answer = await callThrift(server, "alter_table_with_environment_context", [
    ...[thriftText(1, namespace), thriftText(2, table)],
    { id: 3, type: THRIFT_TYPE.struct, value: stored },
    { id: 4, type: THRIFT_TYPE.struct, value: [{ id: 1, type: THRIFT_TYPE.map, value: environment }] },
  ]);
  if (answer.length === 0) return true;
  const refusal = refusalOf(answer);
  if (/has been modified/.test(refusal)) return false;
  throw new Error(`The Hive Metastore did not move ${namespace}.${table}: ${refusal}`);
}

// Several may be named, with commas; each knows all tables.
function addressOf(uris: string): { host: string; port: number } {
  const { hostname, port } = new URL((uris.split(",")[0] ?? "").trim().replace(/^thrift:/, "http:"));
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 9083) };
}

function refusalOf(answer: readonly ThriftField[]): string {
  const thrown = answer.map(({ value }) => (Array.isArray(value) ? value[0]?.value : value));
  return thrown.map(String).join("; ") || "it gave no reason";
}

function parameterOf({ entries }: MapValue, name: string): string | undefined {
  const found = entries.find(([key]) => String(key) === name);
  return found && String(found[1]);
}

function setParameter(map: MapValue, name: string, text: string): void {
  const found = map.entries.find(([key]) => String(key) === name);
  if (found) found[1] = Buffer.from(text);
  else map.entries.push([Buffer.from(name), Buffer.from(text)]);
}

function mapOf(pairs: Readonly<Record<string, string>>): MapValue {
  const entries = Object.entries(pairs).map(([key, text]): [Buffer, Buffer] => [Buffer.from(key), Buffer.from(text)]);
  return { key: THRIFT_TYPE.string, value: THRIFT_TYPE.string, entries };
}
