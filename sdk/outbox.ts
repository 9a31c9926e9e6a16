import type { Command, React } from "@chorus/protocol/requests.ts";
import { refusalOf, type Refusal } from "./http-refusal.ts";

export type Mail = {
  /** Where commands are posted to. */
  url: string;
  /** What says who sends them; null as long as nobody knows. */
  token(): string | null;
  answered(frame: string): void;
  /** The server does not believe the token any more. */
  refused(refusal: Refusal): void;
  /** Aborted when nobody waits for answers any more. */
  over: AbortSignal;
};
export type Outbox = { add(command: string): void };

/** As many as the server takes in one request, and bytes, of which a UTF-16 unit has three at most. */
const commandsMax = 32;
const bytesMax = 60_000;
const unauthorised = 401;
/** Longer than a server waits for a room itself. What has no answer by then does not hold up the rest. */
const answerWithinMs = 8_000;

/** Commands by POST, one request at a time, so that they keep their order. What waits meanwhile leaves together. */
export function createOutbox(mail: Mail): Outbox {
  let waiting: string[] = [];
  let isPosting = false;
  return {
    add(command) {
      waiting.push(command);
      void postAll();
    },
  };

  async function postAll(): Promise<void> {
    if (isPosting) return;
    isPosting = true;
    while (waiting.length > 0 && !mail.over.aborted) {
      const batch = nextBatch(waiting);
      waiting = waiting.slice(batch.length);
      const refusal = await post(batch);
      if (mail.over.aborted) return;
      if (refusal?.status === unauthorised) return mail.refused(refusal);
      if (refusal !== null) for (const command of batch) postpone(command, refusal.retryMs);
    }
    isPosting = false;
  }

  /** Null when all was answered. */
  async function post(batch: readonly string[]): Promise<Refusal | null> {
    try {
      const headers = { "content-type": "application/json", authorization: `Bearer ${mail.token()}` };
      const body = `[${batch.join(",")}]`;
      const signal = AbortSignal.timeout(answerWithinMs);
      const response = await fetch(mail.url, { method: "POST", headers, body, signal });
      if (!response.ok) return await refusalOf(response);
      const answers = (await response.json()) as unknown[];
      if (!mail.over.aborted) for (const answer of answers) mail.answered(JSON.stringify(answer));
      return null;
    } catch {
      return { status: 0, code: 0, retryMs: null };
    }
  }

  /** As the room says it that cannot store anything now: the client sends it again under its key. Taps are not repeated. */
  function postpone(text: string, retryMs: number | null): void {
    const { t, room, key } = JSON.parse(text) as Command | React;
    const sentence = "The server was not reached.";
    const later = retryMs === null ? {} : { retryMs };
    if (t !== "react")
      mail.answered(JSON.stringify({ t: "refused", room, key, reason: "try-later", sentence, ...later }));
  }
}

function nextBatch(waiting: readonly string[]): string[] {
  const batch: string[] = [];
  let bytes = 0;
  for (const command of waiting) {
    bytes += command.length * 3;
    if (batch.length > 0 && (batch.length === commandsMax || bytes > bytesMax)) break;
    batch.push(command);
  }
  return batch;
}
