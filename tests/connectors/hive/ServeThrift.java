import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import java.net.InetAddress;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.authorize.ProxyUsers;
import org.apache.hive.service.cli.CLIService;
import org.apache.hive.service.cli.thrift.ThriftCLIService;

/**
 * A real HiveServer2 without its web pages: "http" or "binary", then settings, a name and a value each. A server that asks
 * LDAP has one beside it, with one person. Compiled at its start by Janino, which is among Spark's jars.
 */
public class ServeThrift {
  public static void main(String[] arguments) throws Exception {
    // A part of Hive does not see the settings below, but these.
    System.setProperty("hive.server2.authentication.ldap.url", "ldap://127.0.0.1:" + directory());
    System.setProperty("hive.server2.authentication.ldap.baseDN", "dc=example");
    HiveConf conf = new HiveConf(ServeThrift.class);
    for (int i = 1; i < arguments.length; i += 2) conf.set(arguments[i], arguments[i + 1]);
    UserGroupInformation.setConfiguration(conf);
    ProxyUsers.refreshSuperUserGroupsConfiguration(conf);
    CLIService service = new CLIService(null);
    service.init(conf);
    String mode = arguments[0].equals("http") ? "Http" : "Binary";
    // By its name: the class for HTTP needs Jetty even to be compiled against.
    Class kind = Class.forName("org.apache.hive.service.cli.thrift.Thrift" + mode + "CLIService");
    ThriftCLIService thrift = (ThriftCLIService) kind.getConstructors()[0].newInstance(new Object[] {service, null});
    thrift.init(conf);
    service.start();
    thrift.start();
    // It ends with whoever started it.
    while (System.in.read() >= 0) {
    }
    Runtime.getRuntime().halt(0);
  }

  static int directory() throws Exception {
    InMemoryDirectoryServerConfig conf = new InMemoryDirectoryServerConfig(new String[] {"dc=example"});
    conf.setSchema(null);
    InetAddress here = InetAddress.getByName("127.0.0.1");
    conf.setListenerConfigs(new InMemoryListenerConfig[] {InMemoryListenerConfig.createLDAPConfig("plain", here, 0, null)});
    InMemoryDirectoryServer server = new InMemoryDirectoryServer(conf);
    server.add(new String[] {"dn: dc=example", "objectClass: top", "objectClass: domain", "dc: example"});
    server.add(
        new String[] {
          "dn: uid=ada,dc=example", "objectClass: person", "uid: ada", "sn: Lovelace", "cn: Ada", "userPassword: p4ss w0rd;=%"
        });
    server.startListening();
    return server.getListenPort();
  }
}
