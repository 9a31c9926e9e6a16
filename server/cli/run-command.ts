import {
  type Arguments,
  asksForHelp,
  type commonFlags,
  type FlagTable,
  readArguments,
  type Usage,
} from "./arguments.ts";
import { usageText } from "./usage-text.ts";

/** What a command came to: a result for programs and lines for people, or one sentence that says why there is none. */
export type Outcome = Finished | { failure: string };
export type Finished = {
  status: 0 | 1;
  result: Readonly<Record<string, unknown>>;
  summary: readonly string[];
};

/**
 * One command, from its words to its exit status: 0 done, 1 failed, 2 wrong words. Results go to standard output,
 * everything else to standard error. `read` may answer null once it has noted a problem.
 */
export async function runCommand<Flags extends FlagTable & typeof commonFlags, Options extends object>(
  usage: Usage<Flags>,
  args: readonly string[],
  read: (given: Arguments<Flags>) => Options | null,
  perform: (options: Options) => Promise<Outcome> | Outcome,
): Promise<number> {
  if (asksForHelp(args)) {
    console.log(usageText(usage));
    return 0;
  }
  const given = readArguments(usage, args);
  // A flag that was taken for the value of another would make every later sentence wrong.
  const options = given.problems.length === 0 ? read(given) : null;
  if (options === null || given.problems.length > 0) {
    for (const sentence of given.problems) console.error(sentence);
    return 2;
  }
  const json = args.includes("--json");
  const outcome = await perform(options);
  if ("failure" in outcome) {
    console.error(outcome.failure);
    if (json) console.log(JSON.stringify({ failure: outcome.failure }));
    return 1;
  }
  if (json) console.log(JSON.stringify(outcome.result));
  else for (const line of outcome.summary) console.log(line);
  return outcome.status;
}
