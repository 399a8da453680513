import { type HdfsSettings, webHdfsAddress } from "../../core/endpoints.ts";
import { delegationToken, hasKerberos, type KerberosSettings } from "../kerberos/delegation-tokens.ts";
import { type Hdfs, type HdfsAddress, webHdfs } from "./webhdfs.ts";

/** The HDFS of the settings. Where they name a principal and its keytab it is asked with a delegation token. Throws a SettingsError. */
export function openHdfs(settings: HdfsSettings & KerberosSettings): Hdfs {
  return webHdfs(hdfsAddress(settings));
}

/** Where the HDFS of the settings is, and how it is asked. Throws a SettingsError. */
export function hdfsAddress(settings: HdfsSettings & KerberosSettings): HdfsAddress {
  const address = webHdfsAddress(settings);
  // Not that of the laptop, and no gateway, which asks for a password of its own.
  if (!settings.WEBHDFS_URL || address.password !== undefined || !hasKerberos(settings)) return address;
  const service = { kind: "hdfs", address: [address.url, ...address.others].join(",") } as const;
  return { ...address, token: how => delegationToken(settings, service, how) };
}
