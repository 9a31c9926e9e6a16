/** What a control row is told to do: so many windows, one frame of so many bytes to every socket in each. */
export type ControlOrder = { windows: number; everyMs: number; frame: string; messages: readonly string[] };
/** CPU as the process itself counts it; milliseconds. */
export type ControlTold = { writes: number; cpuMs: number };

/** Runs what a benchmark orders, one order at a time, and tells what it took. */
export function obeyOrders(write: (order: ControlOrder) => number): void {
  process.on("message", (order: ControlOrder) => {
    const before = process.cpuUsage();
    let [done, writes] = [0, 0];
    const timer = setInterval(() => {
      writes += write(order);
      if (++done < order.windows) return;
      clearInterval(timer);
      setTimeout(() => {
        const { user, system } = process.cpuUsage(before);
        process.send?.({ writes, cpuMs: (user + system) / 1_000 } satisfies ControlTold);
      }, order.everyMs);
    }, order.everyMs);
  });
  process.on("disconnect", () => process.exit(0));
  process.once("SIGTERM", () => process.exit(0));
}
