const ON_READ = "'write.delete.mode' = 'merge-on-read', 'write.update.mode' = 'merge-on-read'";
export const create = (table: string, properties: string, rest = "") =>
  `create table ${table} (id bigint, name string, p int) using iceberg ${rest} tblproperties (${properties})`;
export const insert = (table: string, from: number, to: number) =>
  `insert into ${table} select /*+ coalesce(1) */ id, concat('n', id), cast(id % 2 as int) from range(${from}, ${to})`;
export const expire = (table: string) =>
  `call lake.system.expire_snapshots(table => '${table.replace(/^lake[.]/, "")}', older_than => timestamp'2099-01-01', retain_last => 1)`;
export const procedure = (name: string, table: string, rest = "") =>
  `call lake.system.${name}(table => '${table.replace(/^lake[.]/, "")}'${rest})`;

/** What tables went through: the name of each, what that is, and the statements of it. */
export const pasts: Record<string, { what: string; made: (table: string, folder: string) => string[] }> = {
  appended: {
    what: "appends, a tag, a branch and a statistics file",
    made: t => [
      create(t, "'format-version' = '2'"),
      insert(t, 0, 100),
      `alter table ${t} create tag month_end`,
      `alter table ${t} create branch audit`,
      insert(`${t}.branch_audit`, 900, 901),
      insert(t, 100, 200),
      procedure("compute_table_stats", t),
    ],
  },
  // Below a folder with signs that a path or a pattern could stumble over, and values that do the same.
  deleted_by_position: {
    what: "position deletes, an update and an overwrite, below a prefix with blanks, + and (",
    made: (t, folder) => [
      create(t, `'format-version' = '2', ${ON_READ}`, `partitioned by (name) location '${folder}/odd dir + (x), [y]'`),
      `insert into ${t} values (1, 'a b', 1), (2, 'c,d', 1), (3, 'e+f(g)', 1), (4, null, 1), (5, 'ü/%', 1), (6, 'a b', 2)`,
      `delete from ${t} where id = 6`,
      `alter table ${t} create tag deleted`,
      `update ${t} set p = 7 where id = 3`,
      `insert overwrite ${t} values (7, 'a=b:c', 1), (8, 'c,d', 2)`,
    ],
  },
  vectors: {
    what: "deletion vectors of format version 3",
    made: t => [
      create(t, `'format-version' = '3', ${ON_READ}`, "partitioned by (p)"),
      insert(t, 0, 100),
      `delete from ${t} where id < 10`,
      `update ${t} set name = 'x' where id = 50`,
    ],
  },
  evolved: {
    what: "an evolved schema and partition spec, and partition statistics",
    made: t => [
      create(t, "'format-version' = '2'", "partitioned by (p)"),
      insert(t, 0, 10),
      `alter table ${t} add column extra string`,
      `alter table ${t} replace partition field p with bucket(4, id)`,
      `insert into ${t} select id, 'm', 1, 'e' from range(10, 20)`,
      `alter table ${t} rename column name to renamed`,
      `alter table ${t} drop column extra`,
      `insert into ${t} values (20, 'r', 2)`,
      procedure("compute_partition_stats", t),
    ],
  },
  // What added the files is in no metadata file of the log any more: iceberg's own list of files lacks them then.
  expired: {
    what: "live files whose adding snapshot is in no metadata file of the log",
    made: t => [
      create(t, `'format-version' = '2', 'commit.manifest-merge.enabled' = 'false', ${ON_READ}`),
      insert(t, 0, 10),
      insert(t, 10, 20),
      `delete from ${t} where id = 3`,
      procedure("rewrite_manifests", t, ", use_caching => false"),
      expire(t),
      `alter table ${t} set tblproperties ('write.metadata.previous-versions-max' = '1', 'write.metadata.delete-after-commit.enabled' = 'true')`,
      insert(t, 20, 30),
      insert(t, 30, 40),
    ],
  },
  compacted: {
    what: "compacted, then expired, then copied",
    made: t => [
      create(t, `'format-version' = '2', ${ON_READ}`),
      insert(t, 0, 10),
      insert(t, 10, 20),
      `delete from ${t} where id = 3`,
      procedure("rewrite_data_files", t, ", options => map('rewrite-all', 'true', 'remove-dangling-deletes', 'true')"),
      expire(t),
      insert(t, 20, 30),
    ],
  },
};
