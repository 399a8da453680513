import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.TSetIpAddressProcessor;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.transport.TServerSocket;

/**
 * Hive's metastore, listening on this machine alone: its own main class listens on every address and asks nobody for a
 * password. Compiled at its start by Janino, which is among Spark's jars, so that no Java compiler is needed.
 */
public class LoopbackMetastore {
    public static void main(String[] arguments) throws Exception {
        InetAddress here = InetAddress.getByName("127.0.0.1");
        TServerSocket socket = new TServerSocket(new InetSocketAddress(here, Integer.parseInt(arguments[0])));
        HiveConf conf = new HiveConf(HiveMetaStore.class);
        HiveMetaStore.HMSHandler handler = new HiveMetaStore.HMSHandler("metastore", conf, false);
        TThreadPoolServer.Args server = new TThreadPoolServer.Args(socket);
        server.processor(new TSetIpAddressProcessor(HiveMetaStore.newRetryingHMSHandler(handler, conf)));
        new TThreadPoolServer(server).serve();
    }
}
