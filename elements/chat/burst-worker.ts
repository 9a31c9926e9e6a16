import type { StageOrder } from "./burst-stage.ts";
import { createCanvasStage } from "./burst-surface.ts";

/** The whole worker: a stage that obeys the page. It says that it is there, for a canvas is given away only once. */
const stage = createCanvasStage();
addEventListener("message", ({ data }: MessageEvent<StageOrder>) => stage.obey(data));
postMessage("ready");
