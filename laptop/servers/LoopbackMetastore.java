import java.io.BufferedReader;
import java.io.File;
import java.io.FileReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.TSetIpAddressProcessor;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.transport.TServerSocket;

/**
 * Hive's metastore, for programs of this machine that run as its own user: its own main class listens on every address, and
 * asks nobody for a password. Who may use it can make it delete any folder of its user: a table's, wherever that is said to
 * lie. Compiled at its start by Janino, which is among Spark's jars, so that no Java compiler is needed.
 */
public class LoopbackMetastore {
    public static void main(String[] arguments) throws Exception {
        ServerSocket listener = new OwnUserSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), Integer.parseInt(arguments[0])));
        TServerSocket socket = new TServerSocket(listener);
        HiveConf conf = new HiveConf(HiveMetaStore.class);
        HiveMetaStore.HMSHandler handler = new HiveMetaStore.HMSHandler("metastore", conf, false);
        TThreadPoolServer.Args server = new TThreadPoolServer.Args(socket);
        server.processor(new TSetIpAddressProcessor(HiveMetaStore.newRetryingHMSHandler(handler, conf)));
        new TThreadPoolServer(server).serve();
    }
}

/** Accepts connections of this process's own user, and of root, alone: Linux says whose each socket is. */
class OwnUserSocket extends ServerSocket {
    OwnUserSocket() throws IOException {
        super();
    }

    public Socket accept() throws IOException {
        while (true) {
            Socket client = super.accept();
            if (isOwn(client)) return client;
            client.close();
        }
    }

    // Another system than Linux does not tell: there the listener is as open as Hive's own.
    private boolean isOwn(Socket client) throws IOException {
        if (!new File("/proc/net/tcp").exists()) return true;
        String ports = hex(client.getPort()) + " " + hex(getLocalPort());
        String user = userOf("/proc/net/tcp", ports);
        if (user == null) user = userOf("/proc/net/tcp6", ports);
        return user != null && (user.equals("0") || user.equals(ownUser()));
    }

    // The user of the established connection between two ports, as seen from the client.
    private static String userOf(String table, String ports) throws IOException {
        if (!new File(table).exists()) return null;
        BufferedReader lines = new BufferedReader(new FileReader(table));
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] cells = line.trim().split("\\s+");
                if (cells.length < 8 || !cells[3].equals("01")) continue;
                if (ports.equals(portOf(cells[1]) + " " + portOf(cells[2]))) return cells[7];
            }
            return null;
        } finally {
            lines.close();
        }
    }

    private static String ownUser() throws IOException {
        BufferedReader lines = new BufferedReader(new FileReader("/proc/self/status"));
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("Uid:")) return line.split("\\s+")[1];
            }
            return "";
        } finally {
            lines.close();
        }
    }

    private static String portOf(String address) {
        return address.substring(address.indexOf(':') + 1);
    }

    private static String hex(int port) {
        return String.format("%04X", new Object[] {Integer.valueOf(port)});
    }
}
