/** A way to a server: one open connection carries text frames in both directions, in order, while it lasts. */
export type Transport = {
  /** Encodings in which it can be sent frames, as `hello.accept` tells. Default: none. */
  accept?: readonly string[];
  open(url: string, events: TransportEvents): Connection;
};

export type Connection = {
  /** A text for a connection that is not open (any more) is dropped. */
  send(text: string): void;
  /** Ends the connection with a close code. Nothing is heard of it afterwards but at most one `closed`. */
  close(code: number): void;
};

/** What a connection reports: at most one `opened`, then any `received`, and exactly one `closed` in the end. */
export type TransportEvents = {
  opened(): void;
  received(text: string): void;
  /** `retryMs`: how long the server wants to be left alone, where the transport could read it. */
  closed(code: number, retryMs: number | null): void;
};
