/** Why a request was not carried out; `code` as a WebSocket would have been closed with. */
export type Refusal = { status: number; code: number; retryMs: number | null };

/** Closed without a close frame, by RFC 6455 section 7.1.5. */
export const abnormal = 1006;

export async function refusalOf(response: Response): Promise<Refusal> {
  const seconds = Number(response.headers.get("retry-after") ?? NaN);
  const problem = (await response.json().catch(() => null)) as { close?: unknown } | null;
  return {
    status: response.status,
    code: typeof problem?.close === "number" ? problem.close : abnormal,
    retryMs: Number.isFinite(seconds) ? seconds * 1_000 : null,
  };
}
