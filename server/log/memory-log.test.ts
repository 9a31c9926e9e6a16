import { logContract } from "./log.contract.ts";
import { createMemoryLog } from "./memory-log.ts";

logContract("memory log", () => {
  const log = createMemoryLog();
  return { log, close: () => log.close() };
});
