import type { Message } from "@chorus/protocol/entries.ts";
import type { EntryId } from "@chorus/protocol/ids.ts";

type Quoting = Message & { reply: { quote: string } };

/** A reply carries a piece of what it answers, and has to lose it when that is taken away. */
export function quotes(message: Message, gone: ReadonlySet<EntryId>): message is Quoting {
  return message.reply !== undefined && message.reply.quote !== "" && gone.has(message.reply.id);
}

/** The name stays: that somebody was answered is no secret, and the reply would read as if it stood alone. */
export function withoutQuoteOf(gone: ReadonlySet<EntryId>, message: Message): Message {
  return quotes(message, gone) ? { ...message, reply: { ...message.reply, quote: "" } } : message;
}

/** A copy that stands in another entry carries no quote: nothing could take it out again there. */
export function unquoted(message: Message): Message {
  return message.reply === undefined ? message : { ...message, reply: { ...message.reply, quote: "" } };
}
