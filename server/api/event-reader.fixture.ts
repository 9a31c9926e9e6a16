import { parseFrame } from "@chorus/protocol/parse.ts";
import type { Frame } from "@chorus/protocol/frames.ts";

/** One event as a browser would read it. */
export type ReadEvent = { readonly event: string; readonly id: string | null; readonly data: string };

/** The other end of a stream, read by the rules of WHATWG HTML section 9.2.6 and nothing of ours. */
export type EventReader = {
  readonly response: Response;
  readonly events: readonly ReadEvent[];
  readonly frames: readonly Frame[];
  /** The code in the event that ended it. */
  readonly closeCode: number | null;
  readonly ended: boolean;
  all<T extends Frame["t"]>(t: T): Extract<Frame, { t: T }>[];
  until(holds: () => boolean): Promise<void>;
  stop(): void;
};

/** @param passes lets time pass while something is waited for. */
export async function readEvents(
  asked: (signal: AbortSignal) => Promise<Response>,
  passes: () => void = () => {},
): Promise<EventReader> {
  const stop = new AbortController();
  const response = await asked(stop.signal);
  const events: ReadEvent[] = [];
  const frames: Frame[] = [];
  let closeCode: number | null = null;
  let ended = false;
  void follow();

  async function follow(): Promise<void> {
    let rest = "";
    try {
      for await (const bytes of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const blocks = (rest + bytes).split("\n\n");
        rest = blocks.pop() ?? "";
        for (const block of blocks) take(block);
      }
    } catch {
      // The test has stopped reading, or the server was ended.
    }
    ended = true;
  }

  function take(block: string): void {
    const fields = new Map(
      block.split("\n").map((line) => [line.split(": ", 1)[0], line.slice(line.indexOf(": ") + 2)]),
    );
    const data = fields.get("data");
    if (data === undefined) return;
    const event = fields.get("event") ?? "message";
    events.push({ event, id: fields.get("id") ?? null, data });
    if (event === "message") frames.push(parseFrame(data));
    else closeCode = (JSON.parse(data) as { code: number }).code;
  }

  return {
    response,
    events,
    frames,
    get closeCode() {
      return closeCode;
    },
    get ended() {
      return ended;
    },
    all: <T extends Frame["t"]>(t: T) =>
      frames.filter((frame): frame is Extract<Frame, { t: T }> => frame.t === t),
    async until(holds) {
      while (!holds()) {
        await new Promise((resolve) => setImmediate(resolve));
        passes();
      }
    },
    stop: () => stop.abort(),
  };
}
