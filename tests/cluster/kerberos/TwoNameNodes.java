import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.MiniDFSNNTopology;

/**
 * Two NameNodes and a DataNode in one process. Arguments: a folder, the ports of their pages, and a file beside which `-0` or `-1`
 * says who is active. A line `0` or `1` on standard input makes that one active. Compiled at its start by Janino.
 */
public class TwoNameNodes {
    public static void main(String[] arguments) throws Exception {
        Configuration conf = new HdfsConfiguration();
        MiniDFSNNTopology.NSConf nameservice = new MiniDFSNNTopology.NSConf("portal");
        nameservice.addNN(new MiniDFSNNTopology.NNConf("nn1").setHttpPort(Integer.parseInt(arguments[1])));
        nameservice.addNN(new MiniDFSNNTopology.NNConf("nn2").setHttpPort(Integer.parseInt(arguments[2])));
        MiniDFSNNTopology topology = new MiniDFSNNTopology().addNameservice(nameservice);
        final MiniDFSCluster cluster =
            new MiniDFSCluster.Builder(conf, new File(arguments[0])).nnTopology(topology).numDataNodes(1).build();
        Runtime.getRuntime().addShutdownHook(new Thread() {
            public void run() {
                cluster.shutdown();
            }
        });
        activate(cluster, 0, arguments[3]);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine())
            activate(cluster, Integer.parseInt(line), arguments[3]);
    }

    private static void activate(MiniDFSCluster cluster, int which, String file) throws Exception {
        if (new File(file + "-" + (1 - which)).exists()) cluster.transitionToStandby(1 - which);
        new File(file + "-" + (1 - which)).delete();
        cluster.transitionToActive(which);
        cluster.waitActive();
        new File(file + "-" + which).createNewFile();
    }
}
