/** The end of a switch over a closed union: the compiler refuses a call while a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`This case does not exist: ${JSON.stringify(value)}`);
}
