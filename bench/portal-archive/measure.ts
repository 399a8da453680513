export async function measure(_: unknown): Promise<void> {}
