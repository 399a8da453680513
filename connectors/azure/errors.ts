/** A storage that answered before does not any more: another attempt is worth it. */
export class StorageUnavailable extends Error {
  override name = "StorageUnavailable";
  constructor(endpoint: string, why: string) {
    super(`Azure Blob at ${endpoint} does not answer (${why}). Start it, or correct AZURE_ENDPOINT.`);
  }
}
