import type { IncomingMessage, ServerResponse } from "node:http";
import { problem, sendProblem } from "../../api/problem.ts";

/** An answer that is ready to be sent. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array | null;
};

export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, headers, body } = answer;
  for (const [name, value] of Object.entries(headers))
    response.setHeader(name, typeof value === "string" ? value : [...value]);
  const hasBody = status !== 204 && status !== 304;
  if (hasBody) response.setHeader("content-length", body?.length ?? 0);
  response.writeHead(status);
  if (body !== null && hasBody && request.method !== "HEAD") response.end(body);
  else response.end();
}

/** The whole body, or null when it was too large and has been answered, or when the client went away. */
export function bodyOf(
  request: IncomingMessage,
  response: ServerResponse,
  bytesMax: number,
): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) return refuse();
      chunks.push(chunk);
    });
    request.once("end", () => resolve(Buffer.concat(chunks)));
    request.once("close", () => resolve(null));

    function refuse(): void {
      resolve(null);
      request.removeAllListeners("data").resume();
      if (response.headersSent) return;
      response.setHeader("connection", "close");
      sendProblem(response, problem("too-large", `Send at most ${bytesMax} bytes.`));
    }
  });
}
