import { parentPort, workerData } from "node:worker_threads";
import { liveThrough } from "./main.ts";

/** A share of the seeds, in a thread of its own. */
const { from, to, stride } = workerData as { from: number; to: number; stride: number };
parentPort?.postMessage(liveThrough(from, to, stride));
