/** Where a server's pictures are: the address of its media port, as `GET /v1/media` says it. */
const answerWithinMs = 8_000;

/** @returns null where the server has none, or does not say. */
export async function mediaPlaceOf(server: string): Promise<string | null> {
  try {
    const response = await fetch(`${server}/v1/media`, { signal: AbortSignal.timeout(answerWithinMs) });
    const said: unknown = response.ok ? await response.json() : null;
    if (typeof said !== "object" || said === null || !("url" in said)) return null;
    return typeof said.url === "string" && URL.canParse(said.url) ? said.url : null;
  } catch {
    return null;
  }
}
