import type { CloseName } from "@chorus/protocol/close-codes.ts";

/** What a gateway needs of a client's connection, whatever carries it. */
export type Connection = {
  /** The address limits are counted by. */
  readonly address: string;
  /**
   * Nothing can be said on it but what opened it: its client reports nothing, and is judged by what it takes. It reads text
   * alone.
   */
  readonly oneWay: boolean;
  /** Writes whole WebSocket frames, at once and in order. */
  send(frames: Uint8Array): void;
  /** The same, but may wait for what is sent next or for `flush`, so that both are one write. */
  sendSoon(frames: Uint8Array): void;
  flush(): void;
  /** Ends the connection; nothing is written after it. */
  close(code: CloseName, sentence: string): void;
  /** Bytes that the process still holds for the client. */
  buffered(): number;
};
