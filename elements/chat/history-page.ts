import type { HistoryPage } from "./history.ts";
import type { ChatHost } from "./host.ts";

export const pageEntries = 100;

/** @returns null where there is nothing to be had now. */
export async function loadPage(host: ChatHost, room: string, before: number): Promise<HistoryPage | null> {
  const query = new URLSearchParams({ before: String(before), limit: String(pageEntries) });
  const answer = await host.ask(`/v1/rooms/${room}/history?${query}`);
  return answer.ok ? ((await answer.json()) as HistoryPage) : null;
}
