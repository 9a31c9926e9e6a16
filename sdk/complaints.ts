import type { TellAll, TellRoom } from "./state.ts";

type Unheard = TellAll | TellRoom;
type Complaint = { reason: string; sentence: string; cause?: unknown };

/** A developer who listens to nothing is told on the console what is wrong: once for each reason. */
export function createComplaints(): (unheard: Unheard) => void {
  const told = new Set<string>();
  return (unheard) => {
    const complaint = complaintOf(unheard);
    if (complaint === null || told.has(complaint.reason)) return;
    const { reason, sentence, cause } = complaint;
    told.add(reason);
    console.error(`Chorus: ${sentence}`, ...(cause === undefined ? [] : [cause]));
  };
}

function complaintOf(unheard: Unheard): Complaint | null {
  if (unheard.name === "trouble") return unheard.value;
  if (unheard.name !== "state" || unheard.value.state !== "refused") return null;
  if ("code" in unheard.value) {
    const { code } = unheard.value;
    return {
      reason: "refused",
      sentence: `The server refused the connection for good, with close code ${code}.`,
    };
  }
  const { reason } = unheard.value;
  if (reason === "connection-refused" || !("room" in unheard)) return null;
  return { reason: `room ${reason}`, sentence: `The room ${unheard.room} cannot be entered: ${reason}.` };
}
