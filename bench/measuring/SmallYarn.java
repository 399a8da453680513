import java.io.File;
import java.io.PrintWriter;
import java.util.Map;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.nodemanager.NodeManager;
import org.apache.hadoop.yarn.server.resourcemanager.ResourceManager;
import org.apache.hadoop.yarn.server.resourcemanager.rmapp.RMApp;

/**
 * A ResourceManager and a NodeManager in one process. The REST API of this Hadoop in one jar lists no applications, so they are
 * written into a file, a line each with id, state and name. Compiled at its start by Janino.
 */
public class SmallYarn {
    public static void main(String[] arguments) throws Exception {
        DefaultMetricsSystem.setMiniClusterMode(true);
        YarnConfiguration conf = new YarnConfiguration();
        final ResourceManager resourceManager = new ResourceManager();
        resourceManager.init(conf);
        resourceManager.start();
        final NodeManager nodeManager = new NodeManager();
        nodeManager.init(conf);
        nodeManager.start();
        Runtime.getRuntime().addShutdownHook(new Thread() {
            public void run() {
                nodeManager.stop();
                resourceManager.stop();
            }
        });
        File list = new File(arguments[0]);
        File written = new File(arguments[0] + ".tmp");
        while (true) {
            PrintWriter writer = new PrintWriter(written, "UTF-8");
            writer.println("nodes " + resourceManager.getRMContext().getRMNodes().size());
            Map apps = resourceManager.getRMContext().getRMApps();
            Object[] all = apps.values().toArray();
            for (int i = 0; i < all.length; i++) {
                RMApp app = (RMApp) all[i];
                writer.println(app.getApplicationId() + " " + app.getState() + " " + app.getName());
            }
            writer.close();
            written.renameTo(list);
            Thread.sleep(200);
        }
    }
}
