import java.io.File;
import java.io.PrintWriter;
import java.util.Map;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.nodemanager.NodeManager;
import org.apache.hadoop.yarn.server.resourcemanager.ResourceManager;
import org.apache.hadoop.yarn.server.resourcemanager.rmapp.RMApp;

/**
 * A ResourceManager and as many NodeManagers as the second argument says in one process. The REST API of this Hadoop in one jar
 * lists no applications, so they are written into a file, a line each with id, state and name. Compiled at its start by Janino.
 */
public class SmallYarn {
    public static void main(String[] arguments) throws Exception {
        DefaultMetricsSystem.setMiniClusterMode(true);
        YarnConfiguration conf = new YarnConfiguration();
        final ResourceManager resourceManager = new ResourceManager();
        resourceManager.init(conf);
        resourceManager.start();
        final NodeManager[] nodeManagers = new NodeManager[Integer.parseInt(arguments[1])];
        for (int i = 0; i < nodeManagers.length; i++) {
            nodeManagers[i] = new NodeManager();
            nodeManagers[i].init(i == 0 ? conf : another(conf, i));
            nodeManagers[i].start();
        }
        Runtime.getRuntime().addShutdownHook(new Thread() {
            public void run() {
                for (int i = 0; i < nodeManagers.length; i++) nodeManagers[i].stop();
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

    // A node with ports and folders of its own on the same host.
    private static YarnConfiguration another(YarnConfiguration conf, int i) {
        YarnConfiguration own = new YarnConfiguration(conf);
        String[] addresses = {"address", "localizer.address", "webapp.address"};
        for (int j = 0; j < addresses.length; j++)
            own.set("yarn.nodemanager." + addresses[j], conf.get("yarn.nodemanager.hostname") + ":0");
        String[] folders = {"local-dirs", "log-dirs"};
        for (int j = 0; j < folders.length; j++)
            own.set("yarn.nodemanager." + folders[j], conf.get("yarn.nodemanager." + folders[j]) + "-" + i);
        return own;
    }
}
