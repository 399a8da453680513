import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.sql.DriverManager;
import java.util.Base64;
import java.util.Iterator;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStoreClient;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;
import org.apache.hive.jdbc.HiveConnection;

/**
 * Logs in by a keytab and asks services for delegation tokens, which clients without Kerberos then show. Arguments: principal,
 * keytab, then `trust FILE` with the certificates of an authority, `hdfs ADDRESS,ADDRESS` of which one is active,
 * `metastore ADDRESS SERVICE-PRINCIPAL`, or `server2 JDBC-ADDRESS`. Each token is a line on standard output, never an argument.
 * Compiled at its start by Janino, which is among Spark's jars.
 */
public class DelegationTokens {
    public static void main(String[] arguments) throws Exception {
        Configuration conf = new Configuration();
        conf.set("hadoop.security.authentication", "kerberos");
        UserGroupInformation.setConfiguration(conf);
        UserGroupInformation.loginUserFromKeytab(arguments[0], arguments[1]);
        System.out.println("LOGGED-IN");
        String user = UserGroupInformation.getLoginUser().getShortUserName();
        for (int i = 2; i < arguments.length; i += 2) {
            String kind = arguments[i];
            String of = arguments[i + 1];
            if (kind.equals("trust")) trust(of);
            else if (kind.equals("hdfs")) System.out.println("TOKEN " + ofHdfs(conf, of, user));
            else if (kind.equals("server2")) System.out.println("TOKEN " + ofServer2(of, user));
            else {
                System.out.println("TOKEN " + ofMetastore(conf, of, arguments[i + 2], user));
                i++;
            }
        }
        System.exit(0);
    }

    // A standby has no tokens to give. One that hangs is not waited for while there is another.
    private static String ofHdfs(Configuration conf, String addresses, String user) throws Exception {
        String[] all = addresses.split(",");
        if (all.length > 1) conf.set("dfs.webhdfs.socket.connect-timeout", "10s");
        if (all.length > 1) conf.set("dfs.webhdfs.socket.read-timeout", "40s");
        IOException last = null;
        for (int i = 0; i < all.length; i++) {
            String address = all[i].replaceFirst("^http", "webhdfs").replaceFirst("^webhdfss", "swebhdfs");
            try {
                return FileSystem.get(new URI(address), conf).getDelegationToken(user).encodeToUrlString();
            } catch (IOException failure) {
                last = failure;
            }
        }
        throw last;
    }

    private static String ofMetastore(Configuration conf, String address, String service, String user) throws Exception {
        HiveConf hive = new HiveConf(conf, DelegationTokens.class);
        hive.set("hive.metastore.uris", address);
        hive.set("hive.metastore.sasl.enabled", "true");
        hive.set("hive.metastore.kerberos.principal", service);
        HiveMetaStoreClient client = new HiveMetaStoreClient(hive);
        String token = client.getDelegationToken(user, user);
        client.close();
        return parts(token);
    }

    private static String ofServer2(String address, String user) throws Exception {
        Class.forName("org.apache.hive.jdbc.HiveDriver");
        HiveConnection connection = (HiveConnection) DriverManager.getConnection(address);
        String token = connection.getDelegationToken(user, user);
        connection.close();
        return parts(token) + " " + token;
    }

    private static String parts(String encoded) throws Exception {
        Token token = new Token();
        token.decodeFromUrlString(encoded);
        Base64.Encoder text = Base64.getEncoder();
        return text.encodeToString(token.getIdentifier()) + " " + text.encodeToString(token.getPassword());
    }

    // Java takes one file of certificates: a new one, of those that it knows and of the given ones.
    private static void trust(String file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        Certificate[] known = ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers();
        for (int i = 0; i < known.length; i++) store.setCertificateEntry("java-" + i, known[i]);
        InputStream given = new FileInputStream(file);
        Iterator certificates = CertificateFactory.getInstance("X.509").generateCertificates(given).iterator();
        given.close();
        for (int i = 0; certificates.hasNext(); i++)
            store.setCertificateEntry("given-" + i, (Certificate) certificates.next());
        File written = File.createTempFile("authorities", ".p12");
        written.deleteOnExit();
        OutputStream out = new FileOutputStream(written);
        store.store(out, "no-secret".toCharArray());
        out.close();
        System.setProperty("javax.net.ssl.trustStore", written.getPath());
        System.setProperty("javax.net.ssl.trustStorePassword", "no-secret");
        System.setProperty("javax.net.ssl.trustStoreType", "PKCS12");
    }
}
