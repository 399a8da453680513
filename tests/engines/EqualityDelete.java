import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.encryption.EncryptedFiles;
import org.apache.iceberg.encryption.EncryptionKeyMetadata;

/**
 * Deletes the rows of an Iceberg table in which a column has a value, by a file that says so, as Flink does. Given: the catalog's
 * name, the table's namespace and name, the column, the value, the partition as in the folder's name or "". The catalog's
 * settings are in CATALOG_SETTINGS, name=value, a line each: one of them is a key that no list of processes may show.
 */
public class EqualityDelete {
  public static void main(String[] args) throws Exception {
    Map properties = new HashMap();
    String[] lines = System.getenv("CATALOG_SETTINGS").split("\n");
    for (int i = 0; i < lines.length; i++) properties.put(lines[i].split("=", 2)[0], lines[i].split("=", 2)[1]);
    Configuration conf = new Configuration();
    // As the laptop's Spark is told: its metastore has no lock tables.
    conf.set("iceberg.engine.hive.lock-enabled", "false");
    Catalog catalog = CatalogUtil.buildIcebergCatalog(args[0], properties, conf);
    Table table = catalog.loadTable(TableIdentifier.of(Namespace.of(new String[] {args[1]}), args[2]));
    StructLike partition = args[5].length() == 0 ? null : DataFiles.data(table.spec(), args[5]);
    Schema deleted = table.schema().select(new String[] {args[3]});
    int[] fields = new int[] {table.schema().findField(args[3]).fieldId()};
    GenericFileWriterFactory files = new GenericFileWriterFactory.Builder(table)
        .deleteFileFormat(FileFormat.PARQUET).equalityFieldIds(fields).equalityDeleteRowSchema(deleted).build();
    EqualityDeleteWriter writer = files.newEqualityDeleteWriter(
        EncryptedFiles.encryptedOutput(
            table.io().newOutputFile(table.location() + "/data/deleted-by-value-" + System.nanoTime() + ".parquet"), EncryptionKeyMetadata.EMPTY),
        table.spec(),
        partition);
    Record record = GenericRecord.create(deleted);
    record.setField(args[3], Long.valueOf(args[4]));
    writer.write(record);
    writer.close();
    table.newRowDelta().addDeletes(writer.toDeleteFile()).commit();
    // The pool of connections to the metastore would keep this alive.
    System.exit(0);
  }
}
