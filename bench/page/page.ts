import type { ChildProcess } from "node:child_process";
import { ended, startScript, startServer, told } from "../processes.ts";
import type { Report } from "../report.ts";
import type { CrowdOrder, CrowdTold } from "./crowd.ts";
import { messagesBack, reportOf, type Round, type Run, wanted } from "./report.ts";
import { scrollBack, scrollPlainList } from "./scroll-back.ts";
import { makeVideo } from "./video.ts";
import { watch } from "./watching.ts";

/**
 * The viewer page on a phone that is four times slower than this machine, while a recorded chat runs through it beside a playing
 * video; and the same with the chat closed. Then, not slowed, reading back through 5,000 messages.
 */
export type PageOptions = { chat: string | undefined; seconds: number; rounds: number };

const room = "demo";
const slower = 4;
/** What the page takes to open, and some more. */
const videoMoreSeconds = 30;
const firstMessages = 300;
/** Beyond those that are read back, for what the page shows before that. */
const moreMessages = 1_000;

export async function pageBench(options: PageOptions): Promise<Report> {
  const stops: (() => Promise<void> | void)[] = [];
  try {
    const video = await makeVideo(options.seconds + videoMoreSeconds);
    stops.push(video.stop);
    const server = await startServer(["--gateways", "1", "--connections-per-ip", "1000"]);
    stops.push(server.stop);
    const chat = options.chat === undefined ? [] : [options.chat];
    const words = [server.url, room, ...chat];
    const crowd = startScript(new URL("./crowd.ts", import.meta.url), words).setMaxListeners(0);
    stops.push(() => ended(crowd));
    await told(crowd);
    return await measure({ page: `${server.url}/rooms/${room}`, video: video.url, crowd }, options);
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

type Scene = { page: string; video: string; crowd: ChildProcess };

async function measure(scene: Scene, { seconds, rounds }: PageOptions): Promise<Report> {
  await ask(scene.crowd, { do: "fill", messages: firstMessages });
  const done: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = await run(scene, round % 2 === 0, seconds);
    const second = await run(scene, round % 2 !== 0, seconds);
    done.push(round % 2 === 0 ? { open: first, closed: second } : { open: second, closed: first });
  }
  const said = done.reduce((sum, { open, closed }) => sum + open.crowd.sent + closed.crowd.sent, 0);
  await ask(scene.crowd, { do: "fill", messages: Math.max(0, messagesBack + moreMessages - said) });
  return reportOf(done, await scrollBack(scene.page, messagesBack), await scrollPlainList(messagesBack));
}

/** The crowd is there before the page is, so that the page opens into a room as full as it stays. */
async function run({ page, video, crowd }: Scene, chat: boolean, seconds: number): Promise<Run> {
  const order: CrowdOrder = { do: "run", ...wanted };
  const answers: Promise<CrowdTold>[] = [];
  crowd.send(order);
  const watched = await watch({
    page,
    video,
    chat,
    seconds,
    slower,
    begun: () => crowd.send(order),
    ended: () => answers.push(ask(crowd, { do: "tell" })),
  });
  const [said] = await Promise.all(answers);
  await ask(crowd, { do: "fill", messages: 0 });
  if (said === undefined) throw new Error("The crowd was not asked what it did.");
  return { watched, crowd: said };
}

function ask(crowd: ChildProcess, order: CrowdOrder): Promise<CrowdTold> {
  const answer = told<CrowdTold>(crowd);
  crowd.send(order);
  return answer;
}
