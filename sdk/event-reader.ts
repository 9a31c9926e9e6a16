/**
 * Reads server-sent events (WHATWG HTML, section 9.2) as Chorus writes them: lines end with LF, and an event has one line of
 * data. Ends with the stream.
 */
export async function readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (event: string, data: string) => void,
): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) takeBlock(block, take);
  }
}

function takeBlock(block: string, take: (event: string, data: string) => void): void {
  let event = "message";
  let data: string | null = null;
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) event = line.slice("event: ".length);
    else if (line.startsWith("data: ")) data = line.slice("data: ".length);
  }
  if (data !== null) take(event, data);
}
