import java.net.URI;
import java.util.Base64;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStoreClient;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;

/**
 * Logs in by a keytab and asks services for delegation tokens, which clients without Kerberos then show. Arguments: principal,
 * keytab, then in pairs `hdfs ADDRESS` or `metastore ADDRESS SERVICE-PRINCIPAL`. Each token is a line on standard output, never an
 * argument. Compiled at its start by Janino, which is among Spark's jars.
 */
public class DelegationTokens {
    public static void main(String[] arguments) throws Exception {
        Configuration conf = new Configuration();
        conf.set("hadoop.security.authentication", "kerberos");
        UserGroupInformation.setConfiguration(conf);
        UserGroupInformation.loginUserFromKeytab(arguments[0], arguments[1]);
        System.out.println("LOGGED-IN");
        String user = UserGroupInformation.getLoginUser().getShortUserName();
        for (int i = 2; i < arguments.length; ) {
            if (arguments[i].equals("hdfs")) {
                System.out.println("TOKEN " + ofHdfs(conf, arguments[i + 1], user));
                i += 2;
            } else {
                System.out.println("TOKEN " + ofMetastore(conf, arguments[i + 1], arguments[i + 2], user));
                i += 3;
            }
        }
        System.exit(0);
    }

    private static String ofHdfs(Configuration conf, String address, String user) throws Exception {
        FileSystem files = FileSystem.get(new URI(address.replaceFirst("^http", "webhdfs").replaceFirst("^webhdfss", "swebhdfs")), conf);
        return files.getDelegationToken(user).encodeToUrlString();
    }

    private static String ofMetastore(Configuration conf, String address, String service, String user) throws Exception {
        HiveConf hive = new HiveConf(conf, DelegationTokens.class);
        hive.set("hive.metastore.uris", address);
        hive.set("hive.metastore.sasl.enabled", "true");
        hive.set("hive.metastore.kerberos.principal", service);
        HiveMetaStoreClient client = new HiveMetaStoreClient(hive);
        Token token = new Token();
        token.decodeFromUrlString(client.getDelegationToken(user, user));
        client.close();
        Base64.Encoder text = Base64.getEncoder();
        return text.encodeToString(token.getIdentifier()) + " " + text.encodeToString(token.getPassword());
    }
}
