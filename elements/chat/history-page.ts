import type { HistoryPage } from "./history.ts";
import type { ChatHost } from "./host.ts";

export const pageEntries = 100;

/** @param place `{ before }` or `{ after }` an entry, or `{ at }` a moment. @returns null where there is nothing to be had now. */
export async function loadPage(
  host: Pick<ChatHost, "ask">,
  room: string,
  place: Readonly<Record<string, number>>,
): Promise<HistoryPage | null> {
  const query = new URLSearchParams({ limit: String(pageEntries) });
  for (const [name, value] of Object.entries(place)) query.set(name, String(Math.round(value)));
  const answer = await host.ask(`/v1/rooms/${room}/history?${query}`);
  return answer.ok ? ((await answer.json()) as HistoryPage) : null;
}
