import { snowflakeAddress } from "../connectors/snowflake/address.ts";
import { openSnowflake } from "../connectors/snowflake/connect.ts";
import { identifier } from "../connectors/snowflake/names.ts";
import { requiredSetup, volumeOf } from "../connectors/snowflake/setup.ts";
import { setupScript } from "../connectors/snowflake/setup-script.ts";
import { readSettings } from "../core/settings.ts";
import { trustAuthorities } from "../core/tls/authorities.ts";

/* npm run snowflake-setup: the SQL that a Snowflake administrator runs once, and the page that lets Snowflake into Azure. */

try {
  const settings = readSettings();
  trustAuthorities(settings);
  const address = snowflakeAddress(settings);
  console.log(setupScript(requiredSetup(settings, address)));
  console.log(`\n${await consent()}`);

  async function consent(): Promise<string> {
    try {
      const snowflake = await openSnowflake(address);
      try {
        const volume = volumeOf(await snowflake.run(`DESC EXTERNAL VOLUME ${identifier(address.volume)}`));
        if (!volume.consentUrl) return `-- The volume ${address.volume} is there and reads from ${volume.base}.`;
        return `-- The volume ${address.volume} is there. Consent for ${volume.appName ?? "Snowflake"}: ${volume.consentUrl}`;
      } finally {
        await snowflake.close();
      }
    } catch (error) {
      return `-- The consent URL can be told once the volume is there and this user may see it: ${(error as Error).message}`;
    }
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
