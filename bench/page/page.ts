import { ended, startScript, startServer, told } from "../processes.ts";
import type { Report } from "../report.ts";
import type { CrowdOrder, CrowdTold } from "./crowd.ts";
import { messagesBack, reportOf, type Round, wanted } from "./report.ts";
import { scrollBack, scrollPlainList } from "./scroll-back.ts";
import { makeVideo } from "./video.ts";
import { watch, type Watched } from "./watching.ts";

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

export async function pageBench({ chat, seconds, rounds }: PageOptions): Promise<Report> {
  const video = await makeVideo(seconds + videoMoreSeconds);
  const server = await startServer(["--gateways", "1", "--connections-per-ip", "1000"]);
  const crowd = startScript(new URL("./crowd.ts", import.meta.url), [
    server.url,
    room,
    ...(chat === undefined ? [] : [chat]),
  ]);
  const page = `${server.url}/rooms/${room}`;
  let stored = 0;

  async function asked(order: CrowdOrder): Promise<CrowdTold> {
    const answer = told<CrowdTold>(crowd);
    crowd.send(order);
    return answer;
  }

  async function run(withChat: boolean): Promise<{ watched: Watched; crowd: CrowdTold }> {
    crowd.send({ do: "run", ...wanted } satisfies CrowdOrder);
    let measured: Promise<CrowdTold> | null = null;
    const watched = await watch({
      page,
      video: video.url,
      chat: withChat,
      seconds,
      slower,
      begun: () => crowd.send({ do: "run", ...wanted } satisfies CrowdOrder),
      ended: () => (measured = asked({ do: "tell" })),
    });
    const said = await (measured ?? asked({ do: "tell" }));
    await asked({ do: "fill", messages: 0 });
    stored += said.sent;
    return { watched, crowd: said };
  }

  try {
    await told(crowd);
    await asked({ do: "fill", messages: firstMessages });
    const done: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      const first = await run(round % 2 === 0);
      const second = await run(round % 2 !== 0);
      done.push(round % 2 === 0 ? { open: first, closed: second } : { open: second, closed: first });
    }
    await asked({ do: "fill", messages: Math.max(0, messagesBack + 1_000 - stored) });
    return reportOf(done, await scrollBack(page, messagesBack), await scrollPlainList(messagesBack));
  } finally {
    await ended(crowd);
    await server.stop();
    video.stop();
  }
}
