/**
 * The bus carries messages between processes: publish and subscribe by subject, at most once, in order per publisher
 * and subject. It may lose: then the subscriber is told by `onReset`, or finds out by offsets, and asks again. Every
 * adapter passes `bus.contract.ts`.
 */
export type Bus = {
  /** Hands the message to every subscriber of the subject. Never waits; what does not fit the buffer is lost and counted. */
  publish(subject: string, message: BusMessage): void;
  /** Returns the way to stop. A subject has any number of subscribers, here and in other processes. */
  subscribe(subject: string, receive: (message: BusMessage) => void): () => void;
  /** Called when messages may have been lost: at every connection made anew and at every overflow. */
  onReset(reset: () => void): void;
  /** Whether the other processes can be reached now, and each change of it. */
  onReachable(change: (reachable: boolean) => void): void;
  close(): void;
};

/** `head` is plain JSON, `body` opaque bytes that are passed on untouched and must not be changed afterwards. */
export type BusMessage = { head: unknown; body: Uint8Array };

export const noBytes = new Uint8Array(0);
