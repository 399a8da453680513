import assert from "node:assert/strict";
import { test } from "node:test";
import { hiveAddress } from "../../../connectors/hive/address.ts";
import { readSettings, SettingsError } from "../../../core/settings.ts";

const read = (url: string) => {
  const found = hiveAddress(readSettings({ HIVE_SERVER2_URL: url, HIVE_SERVER2_USER: "ada" }, "/nowhere/.env"));
  return (
    found &&
    [found.host, found.port, found.path ?? "tcp", found.tls ? "tls" : "plain", found.sasl ? "sasl" : "none"].join(" ")
  );
};

test("the address that JDBC takes is understood, and plain ones", () => {
  const facts: Record<string, string> = {
    "jdbc:hive2://hive.example:10000/default": "hive.example 10000 tcp plain sasl",
    "jdbc:hive2://hive.example": "hive.example 10000 tcp plain sasl",
    "jdbc:hive2://hive.example:10000/;auth=noSasl": "hive.example 10000 tcp plain none",
    "jdbc:hive2://hive.example:10000/sales;ssl=true;sslTrustStore=/x/y.jks;trustStorePassword=a=b":
      "hive.example 10000 tcp tls sasl",
    "jdbc:hive2://hive.example:10001/default;transportMode=http;httpPath=cliservice":
      "hive.example 10001 /cliservice plain sasl",
    "jdbc:hive2://knox:8443/;ssl=true;transportMode=http;httpPath=gateway/default/hive":
      "knox 8443 /gateway/default/hive tls sasl",
    "jdbc:hive2://hive.example/;transportMode=http": "hive.example 10001 /cliservice plain sasl",
    "thrift://[::1]:10000": "::1 10000 tcp plain sasl",
    "https://hive.example:10001": "hive.example 10001 /cliservice tls sasl",
    "http://hive.example:10001/own/path": "hive.example 10001 /own/path plain sasl",
    "JDBC:HIVE2://hive.example:10000/;SSL=TRUE": "hive.example 10000 tcp tls sasl",
  };
  for (const [url, found] of Object.entries(facts)) assert.equal(read(url), found, url);
  assert.equal(hiveAddress(readSettings({}, "/nowhere/.env")), undefined);
});

test("what can't be done is told with the setting's name, and no password is repeated", () => {
  const facts: [string, RegExp][] = [
    ["jdbc:hive2://h:10000/;auth=kerberos", /write ;principal=hive\/_HOST@REALM/],
    ["jdbc:hive2://h:10000/;principal=hive/h@EXAMPLE.COM;saslQop=auth-conf", /\(auth-conf\) is not spoken here/],
    ["jdbc:hive2://a:2181,b:2181/;serviceDiscoveryMode=zooKeeper", /ZooKeeper/],
    ["jdbc:hive2://h:10000/;user=ada;password=hunter2", /HIVE_SERVER2_PASSWORD/],
    ["thrift://ada:hunter2@h:10000", /HIVE_SERVER2_PASSWORD/],
    ["thrift://h:99999", /no host:port/],
    ["mysql://h:10000", /jdbc:hive2/],
  ];
  for (const [url, says] of facts) {
    assert.throws(
      () => read(url),
      (error: unknown) => {
        assert.ok(error instanceof SettingsError, url);
        assert.match(error.message, says);
        assert.match(error.message, /^HIVE_SERVER2_URL: /);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      },
    );
  }
});
