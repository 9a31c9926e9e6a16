import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

const path = String(workerData);

/** The file may be another than the last time. What fails here fails for whoever writes too, and they say so. */
parentPort?.on("message", () => {
  try {
    const db = new DatabaseSync(path);
    try {
      const done = db.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
      parentPort?.postMessage(Number(done?.["log"] ?? 0));
    } finally {
      db.close();
    }
  } catch {
    parentPort?.postMessage(0);
  }
});
