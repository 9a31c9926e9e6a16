/** What runs in one process, and how it ends. */
export type Running = { url: string | null; stop(): Promise<void> };
