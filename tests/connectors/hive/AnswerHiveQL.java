import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStoreClient;
import org.apache.hadoop.hive.metastore.api.StorageDescriptor;
import org.apache.hadoop.hive.metastore.api.Table;
import org.apache.hadoop.hive.ql.Driver;
import org.apache.hadoop.hive.ql.metadata.Hive;
import org.apache.hadoop.hive.ql.processors.CommandProcessorResponse;
import org.apache.hadoop.hive.ql.session.SessionState;

/**
 * A real Hive in one process. A line of its standard input is a request, a line of its standard output the answer; both are
 * words with the escapes of a URL: "run <HiveQL>", "set <setting> <value>", "alter <database> <table> <what> <value> …" and
 * "copy <database> <table> <new name> <type> <view text>", answered by "ok <row> …" or "error <message>". It ends with its
 * input. Compiled at its start by Janino, which is among Spark's jars, so that no Java compiler is needed.
 */
public class AnswerHiveQL {
  public static void main(String[] settings) throws Exception {
    PrintStream out = System.out;
    // What Hive prints must not stand between the answers.
    System.setOut(System.err);
    HiveConf conf = new HiveConf(SessionState.class);
    for (int i = 0; i < settings.length; i += 2) conf.set(settings[i], settings[i + 1]);
    SessionState.start(new SessionState(conf));
    SessionState.get().setIsSilent(true);
    Hive.get(conf);
    out.println("ready");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String answer;
      try {
        answer = answer(words(line));
      } catch (Throwable error) {
        error.printStackTrace();
        StringBuilder why = new StringBuilder(error.toString());
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) why.append(" <- ").append(cause);
        answer = "error " + escape(why.toString());
      }
      out.println(answer);
      out.flush();
    }
    // Threads of Hive's own would keep this alive.
    Runtime.getRuntime().halt(0);
  }

  static String answer(String[] words) throws Exception {
    if (words[0].equals("set")) {
      SessionState.get().getConf().set(words[1], words[2]);
      return "ok";
    }
    if (words[0].equals("alter")) return alter(words);
    if (words[0].equals("copy")) return copy(words);
    return run(words[1]);
  }

  static String run(String sql) throws Exception {
    Driver driver = new Driver(SessionState.get().getConf());
    try {
      CommandProcessorResponse response = driver.run(sql);
      if (response.getResponseCode() != 0) {
        StringBuilder why = new StringBuilder(String.valueOf(response.getErrorMessage()));
        Throwable cause = response.getException();
        while (cause != null && cause.getCause() != null) cause = cause.getCause();
        if (cause != null) why.append(" <- ").append(cause);
        return "error " + escape(why.toString());
      }
      StringBuilder all = new StringBuilder("ok");
      if (driver.getSchema() == null || driver.getSchema().getFieldSchemas() == null) return all.toString();
      if (driver.getSchema().getFieldSchemas().isEmpty()) return all.toString();
      List some = new ArrayList();
      while (driver.getResults(some)) {
        for (int i = 0; i < some.size(); i++) all.append(' ').append(escape((String) some.get(i)));
        some.clear();
      }
      return all.toString();
    } finally {
      driver.close();
    }
  }

  /** Writes into the metastore what no statement can: "input", "output", "serde", "location", "type:<column>" or a property. */
  static String alter(String[] words) throws Exception {
    HiveMetaStoreClient client = new HiveMetaStoreClient(SessionState.get().getConf());
    try {
      Table table = client.getTable(words[1], words[2]).deepCopy();
      StorageDescriptor storage = table.getSd();
      for (int i = 3; i < words.length; i += 2) {
        String value = words[i + 1];
        if (words[i].equals("input")) storage.setInputFormat(value);
        else if (words[i].equals("output")) storage.setOutputFormat(value);
        else if (words[i].equals("serde")) storage.getSerdeInfo().setSerializationLib(value);
        else if (words[i].equals("location")) storage.setLocation(value);
        else if (words[i].startsWith("type:")) typeOf(storage.getCols(), words[i].substring(5), value);
        else table.putToParameters(words[i], value);
      }
      client.alter_table(words[1], words[2], table);
      return "ok";
    } finally {
      client.close();
    }
  }

  static void typeOf(List columns, String name, String type) {
    for (int i = 0; i < columns.size(); i++) {
      org.apache.hadoop.hive.metastore.api.FieldSchema column =
          (org.apache.hadoop.hive.metastore.api.FieldSchema) columns.get(i);
      if (column.getName().equals(name)) column.setType(type);
    }
  }

  /** Makes a table of another type after one that is there, for example a materialized view. */
  static String copy(String[] words) throws Exception {
    HiveMetaStoreClient client = new HiveMetaStoreClient(SessionState.get().getConf());
    try {
      Table table = client.getTable(words[1], words[2]).deepCopy();
      table.setTableName(words[3]);
      table.setTableType(words[4]);
      if (words[5].length() > 0) {
        table.setViewOriginalText(words[5]);
        table.setViewExpandedText(words[5]);
      }
      if (words[4].endsWith("VIEW")) table.getSd().setLocation(null);
      client.createTable(table);
      return "ok";
    } finally {
      client.close();
    }
  }

  static String[] words(String line) throws Exception {
    String[] words = line.split(" ", -1);
    for (int i = 0; i < words.length; i++) words[i] = URLDecoder.decode(words[i], "UTF-8");
    return words;
  }

  static String escape(String text) throws Exception {
    // An empty row is a word too.
    return "=" + URLEncoder.encode(text, "UTF-8");
  }
}
