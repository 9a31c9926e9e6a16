/** What runs in one process, and how it ends. */
export type Running = {
  url: string | null;
  /** Before it ends while others stay: hands over what it holds, which takes a while. */
  drain?: (() => Promise<void>) | undefined;
  stop(): Promise<void>;
};
