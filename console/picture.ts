/** Of `<chorus-player>` what the page of a room uses. */
type PlayerTag = HTMLElement & { readonly clock: unknown };

const tag = "chorus-player";
const answerWithinMs = 8_000;

/**
 * Puts the picture of a room into its place, where the server has one to show. Without the player the page is what it is without
 * pictures, so nothing is said when it does not come.
 *
 * @param token as the chat has it, if it has one.
 * @param muted without sound until somebody asks for it.
 */
export async function showPicture(
  place: HTMLElement,
  room: string,
  lang: string,
  token: unknown,
  { muted = false }: { muted?: boolean } = {},
): Promise<PlayerTag | null> {
  const media = await mediaPlace();
  if (media === null) return null;
  try {
    await import(playerScript);
  } catch {
    return null;
  }
  const player = document.createElement(tag);
  if (!isPlayer(player)) return null;
  for (const name of ["autoplay", "controls", ...(muted ? ["muted"] : [])]) player.setAttribute(name, "");
  for (const [name, value] of Object.entries({ room, lang, media })) player.setAttribute(name, value);
  if (token !== undefined) Object.assign(player, { token });
  place.append(player);
  return player;
}

/** What the server gives out beside the page, so no part of its bundle. */
const playerScript: string = "/elements/chorus-player.js";

/** Where the server's pictures are; null where it has none, or does not say. */
export async function mediaPlace(): Promise<string | null> {
  try {
    const answer = await fetch("/v1/media", { signal: AbortSignal.timeout(answerWithinMs) });
    const said: unknown = answer.ok ? await answer.json() : null;
    if (typeof said !== "object" || said === null || !("url" in said)) return null;
    return typeof said.url === "string" ? said.url : null;
  } catch {
    return null;
  }
}

function isPlayer(element: HTMLElement): element is PlayerTag {
  return "clock" in element;
}
