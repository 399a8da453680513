import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericAppenderFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.encryption.EncryptedFiles;
import org.apache.iceberg.encryption.EncryptionKeyMetadata;
import org.apache.iceberg.hive.HiveCatalog;

/** Deletes the rows of an Iceberg table in which a column has a value, by a file that says so, as Flink does. */
public class EqualityDelete {
  public static void main(String[] args) throws Exception {
    Map properties = new HashMap();
    properties.put("uri", args[0]);
    HiveCatalog catalog = new HiveCatalog();
    Configuration conf = new Configuration();
    // As the laptop's Spark is told: its metastore has no lock tables.
    conf.set("iceberg.engine.hive.lock-enabled", "false");
    catalog.setConf(conf);
    catalog.initialize("lake", properties);
    Table table = catalog.loadTable(TableIdentifier.of(Namespace.of(new String[] {args[1]}), args[2]));
    Schema deleted = table.schema().select(new String[] {args[3]});
    int[] fields = new int[] {table.schema().findField(args[3]).fieldId()};
    GenericAppenderFactory files = new GenericAppenderFactory(table.schema(), table.spec(), fields, deleted, null);
    EqualityDeleteWriter writer = files.newEqDeleteWriter(
        EncryptedFiles.encryptedOutput(
            table.io().newOutputFile(table.location() + "/data/deleted-by-value.parquet"), EncryptionKeyMetadata.EMPTY),
        FileFormat.PARQUET,
        null);
    Record record = GenericRecord.create(deleted);
    record.setField(args[3], Long.valueOf(args[4]));
    writer.write(record);
    writer.close();
    table.newRowDelta().addDeletes(writer.toDeleteFile()).commit();
    // The pool of connections to the metastore would keep this alive.
    System.exit(0);
  }
}
