import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** A message of a recorded chat: when it was said, by whom (null when the log does not tell), and what. */
export type ChatLine = { atMs: number; author: string | null; text: string };
/** `skipped` counts by kind what is not chat. */
export type ChatLog = { lines: ChatLine[]; skipped: Record<string, number> };

export const chatLinesMax = 1_000_000;

/** Reads JSON Lines. Null limit: all of it. Never throws for the file's sake. */
export async function readChatLog(
  path: string,
  limit: number | null,
): Promise<ChatLog | { problem: string }> {
  const log: ChatLog = { lines: [], skipped: {} };
  const wanted = limit ?? chatLinesMax + 1;
  let number = 0;
  const stream = createReadStream(path);
  try {
    for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
      number += 1;
      if (text.trim() === "") continue;
      const line = chatLineOf(text);
      if (typeof line === "string") return { problem: `${path}, line ${number}: ${line}` };
      if ("kind" in line) log.skipped[line.kind] = (log.skipped[line.kind] ?? 0) + 1;
      else if (log.lines.push(line) >= wanted) break;
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return { problem: `${path} cannot be read (${String(error.code)}).` };
  } finally {
    stream.destroy();
  }
  if (log.lines.length <= chatLinesMax) return log;
  return { problem: `${path} has more than ${chatLinesMax} messages: take a part of it with --limit.` };
}

/** A message, the kind of a line that is none, or the sentence that says what is wrong. */
export function chatLineOf(text: string): ChatLine | { kind: string } | string {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || !("kind" in value) || typeof value.kind !== "string") {
    return "The line is not a JSON object with a kind.";
  }
  if (value.kind !== "chat") return { kind: value.kind };
  const atMs = "t_ms" in value ? value.t_ms : undefined;
  if (typeof atMs !== "number" || !Number.isFinite(atMs) || atMs < 0) {
    return "A chat line needs t_ms, its time in milliseconds.";
  }
  if (!("text" in value) || typeof value.text !== "string") return "A chat line needs a text.";
  const author = "author" in value && typeof value.author === "string" ? value.author : "";
  return { atMs, author: author === "" ? null : author, text: value.text };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
