import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** The folders of the laptop stack below LAPTOP_DIR. */
export type LaptopFolders = ReturnType<typeof laptopFolders>;

/** Where each part of the laptop stack keeps what it has. `connectors/iceberg/catalogs.ts` knows the lake's warehouse too. */
export function laptopFolders(root: string) {
  return {
    root,
    logs: join(root, "logs"),
    metastore: join(root, "metastore"),
    hiveWarehouse: join(root, "warehouse", "hive"),
    lakeWarehouse: join(root, "warehouse", "lake"),
    spark: join(root, "spark"),
    azure: join(root, "azure"),
    snowflake: join(root, "snowflake"),
    hdfs: join(root, "hdfs"),
    kafka: join(root, "kafka"),
    temporary: join(root, "tmp"),
  };
}

/** Makes them, for their owner alone. */
export function makeFolders(folders: LaptopFolders): void {
  for (const folder of Object.values(folders)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  }
}
