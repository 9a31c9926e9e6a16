import { logContract } from "./log.contract.ts";
import { createMemoryLog } from "./memory-log.ts";
import { revocationsMax } from "./revocations.contract.ts";

logContract("memory log", () => {
  const log = createMemoryLog({ revocationsMax });
  return { log, close: () => log.close() };
});
