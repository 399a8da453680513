import java.io.File;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.hdfs.server.namenode.NameNode;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;

/**
 * A NameNode and a DataNode in one process, which takes half the memory of two; formatted at its first start. Compiled at its
 * start by Janino, which is among Spark's jars, so that no Java compiler is needed.
 */
public class SmallHdfs {
    public static void main(String[] arguments) throws Exception {
        // Both register figures of the same names.
        DefaultMetricsSystem.setMiniClusterMode(true);
        Configuration conf = new HdfsConfiguration();
        if (!new File(conf.get("dfs.namenode.name.dir"), "current/VERSION").exists()) NameNode.format(conf);
        NameNode nameNode = NameNode.createNameNode(new String[0], conf);
        DataNode.createDataNode(new String[0], conf);
        nameNode.join();
    }
}
