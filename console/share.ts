/** `shown`: the system has asked where to; `copied`: it is where one pastes from; `told`: neither can be done here. */
export type Shared = "shown" | "copied" | "told";

/** Gives somebody the address of a page. Who closes the system's dialog did not want to share after all: that is no fault. */
export async function share(title: string, url: string): Promise<Shared> {
  const touched = matchMedia("(pointer: coarse)").matches;
  try {
    if (touched && typeof navigator.share === "function") {
      await navigator.share({ title, url });
      return "shown";
    }
    await navigator.clipboard.writeText(url);
    return "copied";
  } catch (error) {
    return error instanceof DOMException && error.name === "AbortError" ? "shown" : "told";
  }
}
