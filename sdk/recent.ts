/**
 * What happened lately, by id: at least the last `max`, at most twice as many. Two generations, so that nothing is ever
 * deleted one by one.
 */
export type Recent<Id, Value> = { max: number; young: Map<Id, Value>; old: Map<Id, Value> };

export function createRecent<Id, Value>(max: number): Recent<Id, Value> {
  return { max, young: new Map(), old: new Map() };
}

export function recall<Id, Value>(recent: Recent<Id, Value>, id: Id): Value | undefined {
  return recent.young.get(id) ?? recent.old.get(id);
}

export function remember<Id, Value>(recent: Recent<Id, Value>, id: Id, value: Value): void {
  if (recent.young.size >= recent.max) {
    recent.old = recent.young;
    recent.young = new Map();
  }
  recent.young.set(id, value);
}

/** False when the id is known already; afterwards it is. */
export function isNew<Id>(recent: Recent<Id, true>, id: Id): boolean {
  if (recent.young.has(id) || recent.old.has(id)) return false;
  remember(recent, id, true);
  return true;
}

export function forget<Id, Value>(recent: Recent<Id, Value>, id: Id): void {
  recent.young.delete(id);
  recent.old.delete(id);
}

export function forgetAll<Id, Value>(recent: Recent<Id, Value>): void {
  recent.young.clear();
  recent.old.clear();
}
