import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.RESTCatalogProperties;
import org.apache.iceberg.rest.RESTSerializers;
import org.apache.iceberg.rest.requests.CreateNamespaceRequest;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.RegisterTableRequest;
import org.apache.iceberg.rest.requests.RenameTableRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.rest.responses.ConfigResponse;
import org.apache.iceberg.rest.responses.ErrorResponse;
import org.apache.iceberg.shaded.com.fasterxml.jackson.annotation.JsonAutoDetect;
import org.apache.iceberg.shaded.com.fasterxml.jackson.annotation.PropertyAccessor;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.DeserializationFeature;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.PropertyNamingStrategies;

/**
 * A REST catalog: the handlers that Iceberg brings for one, over its JDBC catalog in a SQLite file. Iceberg's own catalogs can't
 * overwrite a table by register; this one does, by one UPDATE, where the third argument is "overwrite". Given: the file of the
 * database, the warehouse, "overwrite" or "plain", and a token that every request must bring. Prints the port.
 */
public class RestCatalog extends JdbcCatalog implements HttpHandler {
  private final ObjectMapper mapper = new ObjectMapper();
  private final String database;
  private final boolean overwrites;
  private final String token;

  public RestCatalog(String database, boolean overwrites, String token) {
    this.database = database;
    this.overwrites = overwrites;
    this.token = token;
    this.mapper.setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY);
    this.mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
    this.mapper.setPropertyNamingStrategy(new PropertyNamingStrategies.KebabCaseStrategy());
    RESTSerializers.registerAll(this.mapper);
  }

  public static void main(String[] args) throws Exception {
    RestCatalog catalog = new RestCatalog(args[0], args[2].equals("overwrite"), args[3]);
    catalog.setConf(new Configuration());
    Map properties = new HashMap();
    properties.put("uri", "jdbc:sqlite:" + args[0]);
    properties.put("jdbc.schema-version", "V1");
    properties.put("warehouse", args[1]);
    catalog.initialize("served", properties);
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext("/", catalog);
    server.start();
    System.out.println("port " + server.getAddress().getPort());
  }

  public Table registerTable(TableIdentifier name, String file, boolean overwrite) {
    if (!overwrite || !tableExists(name)) return registerTable(name, file);
    if (!overwrites) throw new UnsupportedOperationException("Registering tables with overwrite is not supported");
    try {
      Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
      PreparedStatement update = connection.prepareStatement(
          "update iceberg_tables set metadata_location = ? where table_namespace = ? and table_name = ?");
      update.setString(1, file);
      update.setString(2, name.namespace().toString());
      update.setString(3, name.name());
      update.executeUpdate();
      connection.close();
    } catch (java.sql.SQLException error) {
      throw new RuntimeException(error);
    }
    return loadTable(name);
  }

  public void handle(HttpExchange exchange) {
    int status = 200;
    Object answer = null;
    try {
      if (!("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization")))
        throw new SecurityException("a token is missing");
      answer = answerTo(exchange);
      if (answer == null) status = 204;
    } catch (Throwable error) {
      status = error instanceof NoSuchTableException || error instanceof NoSuchNamespaceException ? 404
          : error instanceof AlreadyExistsException || error instanceof CommitFailedException ? 409
          : error instanceof UnsupportedOperationException ? 406
          : error instanceof SecurityException ? 401 : 500;
      answer = ErrorResponse.builder().responseCode(status).withType(error.getClass().getSimpleName())
          .withMessage(String.valueOf(error.getMessage())).build();
    }
    try {
      byte[] body = answer == null || exchange.getRequestMethod().equals("HEAD") ? new byte[0] : mapper.writeValueAsBytes(answer);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      OutputStream out = exchange.getResponseBody();
      out.write(body);
      exchange.close();
    } catch (java.io.IOException error) {
      System.err.println(error);
    }
  }

  // The prefix that config names stands behind /v1.
  private Object answerTo(HttpExchange exchange) throws Exception {
    String method = exchange.getRequestMethod();
    String[] path = exchange.getRequestURI().getRawPath().substring("/v1/".length()).split("/");
    for (int i = 0; i < path.length; i++) path[i] = URLDecoder.decode(path[i], "UTF-8");
    if (path[0].equals("config")) return ConfigResponse.builder().withOverride("prefix", "main").build();
    if (!path[0].equals("main")) throw new SecurityException("the prefix is missing");
    if (path[1].equals("tables")) {
      CatalogHandlers.renameTable(this, (RenameTableRequest) read(exchange, RenameTableRequest.class));
      return null;
    }
    if (path.length == 2) {
      if (method.equals("POST"))
        return CatalogHandlers.createNamespace(this, (CreateNamespaceRequest) read(exchange, CreateNamespaceRequest.class));
      return CatalogHandlers.listNamespaces(this, Namespace.empty());
    }
    Namespace namespace = Namespace.of(new String[] {path[2]});
    if (path.length == 3) {
      if (method.equals("GET")) return CatalogHandlers.loadNamespace(this, namespace);
      if (method.equals("HEAD")) CatalogHandlers.namespaceExists(this, namespace);
      else CatalogHandlers.dropNamespace(this, namespace);
      return null;
    }
    if (path[3].equals("register"))
      return CatalogHandlers.registerTable(this, namespace, (RegisterTableRequest) read(exchange, RegisterTableRequest.class));
    if (!path[3].equals("tables")) throw new UnsupportedOperationException(path[3]);
    if (path.length == 4) {
      if (method.equals("GET")) return CatalogHandlers.listTables(this, namespace);
      CreateTableRequest request = (CreateTableRequest) read(exchange, CreateTableRequest.class);
      return request.stageCreate()
          ? CatalogHandlers.stageTableCreate(this, namespace, request)
          : CatalogHandlers.createTable(this, namespace, request);
    }
    TableIdentifier table = TableIdentifier.of(namespace, path[4]);
    if (method.equals("GET")) return CatalogHandlers.loadTable(this, table, RESTCatalogProperties.SnapshotMode.ALL);
    if (method.equals("POST"))
      return CatalogHandlers.updateTable(this, table, (UpdateTableRequest) read(exchange, UpdateTableRequest.class));
    if (method.equals("DELETE")) CatalogHandlers.dropTable(this, table);
    else CatalogHandlers.tableExists(this, table);
    return null;
  }

  private Object read(HttpExchange exchange, Class type) throws Exception {
    return mapper.readValue(exchange.getRequestBody(), type);
  }
}
