import type { MetastoreSettings } from "../../hive/metastore/metastore.ts";
import type { TableName } from "../names.ts";
import type { MetadataMove } from "./database.ts";

/**
 * Moves a table of the Hive Metastore to another metadata file, if it still stands on the one that is expected. False where it
 * stands on another.
 */
export async function moveInMetastore(
  settings: MetastoreSettings,
  { namespace, table }: TableName,
  { from, to }: MetadataMove,
): Promise<boolean> {
  // Loaded here, since few jobs move a table so.
  const { openMetastore } = await import("../../hive/metastore/metastore.ts");
  const metastore = await openMetastore(settings);
  try {
    return await metastore.changeParameters(
      { database: namespace, name: table },
      { name: "metadata_location", value: from },
      { metadata_location: to, previous_metadata_location: from },
    );
  } finally {
    metastore.close();
  }
}
