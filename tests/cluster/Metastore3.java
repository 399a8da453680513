import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.conf.MetastoreConf;
import org.apache.hadoop.hive.metastore.txn.TxnDbUtil;

/** A Hive Metastore 3.1 with tables for transactions, which it makes nowhere by itself. Compiled at its start by Janino. */
public class Metastore3 {
    public static void main(String[] arguments) throws Throwable {
        Configuration conf = MetastoreConf.newMetastoreConf();
        TxnDbUtil.prepDb(conf);
        HiveMetaStore.main(new String[] {"-p", arguments[0]});
    }
}
