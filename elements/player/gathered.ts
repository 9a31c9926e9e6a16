/** Candidates that come later are not waited for: the server answers from an address that this end reaches anyway. */
const gatherWithinMs = 500;

/** Settles when a connection knows its own addresses, or has looked for long enough. */
export async function gathered(peer: RTCPeerConnection): Promise<void> {
  if (peer.iceGatheringState === "complete") return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, gatherWithinMs);
    peer.addEventListener("icegatheringstatechange", () => {
      if (peer.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve();
    });
  });
}
