import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.encryption.EncryptedFiles;
import org.apache.iceberg.encryption.EncryptionKeyMetadata;
import org.apache.iceberg.hive.HiveCatalog;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Makes an Iceberg table with one row and a column of a type that Spark's SQL can't make, as other engines do. */
public class IcebergTypes {
  public static void main(String[] args) throws Exception {
    Map properties = new HashMap();
    properties.put("uri", args[0]);
    HiveCatalog catalog = new HiveCatalog();
    Configuration conf = new Configuration();
    conf.set("iceberg.engine.hive.lock-enabled", "false");
    catalog.setConf(conf);
    catalog.initialize("lake", properties);
    Type type = Types.UUIDType.get();
    Object value = java.util.UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    String version = "2";
    if (args[3].equals("fixed")) {
      type = Types.FixedType.ofLength(4);
      value = new byte[] {0, 1, 2, (byte) 255};
    } else if (args[3].equals("time")) {
      type = Types.TimeType.get();
      value = java.time.LocalTime.of(10, 30);
    } else if (args[3].equals("timestamp_ns")) {
      type = Types.TimestampNanoType.withoutZone();
      value = java.time.LocalDateTime.of(2026, 1, 1, 10, 30, 0, 123456789);
      version = "3";
    }
    Types.NestedField key = Types.NestedField.required(1, "k", Types.StringType.get());
    Types.NestedField field = Types.NestedField.optional(2, "v", type);
    Schema schema = new Schema(new Types.NestedField[] {key, field});
    Map made = new HashMap();
    made.put("format-version", version);
    made.put("portal.key", "k");
    Table table =
        catalog.createTable(
            TableIdentifier.of(Namespace.of(new String[] {args[1]}), args[2]), schema, PartitionSpec.unpartitioned(), made);
    GenericFileWriterFactory files =
        new GenericFileWriterFactory.Builder(table).dataFileFormat(FileFormat.PARQUET).dataSchema(schema).build();
    DataWriter writer =
        files.newDataWriter(
            EncryptedFiles.encryptedOutput(
                table.io().newOutputFile(table.location() + "/data/one.parquet"), EncryptionKeyMetadata.EMPTY),
            table.spec(),
            null);
    Record record = GenericRecord.create(schema);
    record.setField("k", "one");
    record.setField("v", value);
    writer.write(record);
    writer.close();
    DataFile file = writer.toDataFile();
    table.newAppend().appendFile(file).commit();
    System.exit(0);
  }
}
