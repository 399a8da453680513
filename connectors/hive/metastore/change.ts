import { HiveError, UnknownCall } from "../address.ts";
import { type Sent, Struct } from "./codec.ts";
import { result, type ThriftClient } from "./thrift.ts";

/** What a parameter of a table must still be. */
export interface ExpectedParameter {
  name: string;
  value: string;
}

const PARAMETERS = 9;

/** Sets parameters of a table if one of them still has the value that is expected; false where it has another. */
export async function changeParameters(
  client: ThriftClient,
  { database, name }: { database: string; name: string },
  expected: ExpectedParameter,
  changed: Record<string, string>,
): Promise<boolean> {
  const of: { 1: Sent; 2: Sent } = { 1: ["string", database], 2: ["string", name] };
  const table = await storedTable(client, of);
  const parameters = table.map(PARAMETERS);
  if (parameters[expected.name] !== expected.value) return false;
  const environment = {
    ...{ expected_parameter_key: expected.name, expected_parameter_value: expected.value },
    DO_NOT_UPDATE_STATS: "true",
  };
  const written: Sent = ["received", table, { [PARAMETERS]: ["map", { ...parameters, ...changed }] }];
  try {
    await client.call("alter_table_with_environment_context", {
      ...of,
      ...{ 3: written, 4: ["struct", { 1: ["map", environment] }] },
    });
    return true;
  } catch (error) {
    if (error instanceof HiveError && /has been modified/.test(error.message)) return false;
    throw error;
  }
}

async function storedTable(client: ThriftClient, of: { 1: Sent; 2: Sent }): Promise<Struct> {
  try {
    return result(await client.call("get_table", of));
  } catch (error) {
    if (!(error instanceof UnknownCall)) throw error;
    const found = result(await client.call("get_table_req", { 1: ["struct", of] })).struct(1);
    return found ?? result(new Struct(new Map()));
  }
}
