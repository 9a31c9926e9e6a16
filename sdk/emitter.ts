/** Typed listeners by name. A listener that throws is reported like any uncaught error and stops nobody else. */
export type Emitter<Events> = {
  on<Name extends keyof Events>(name: Name, listener: (value: Events[Name]) => void): () => void;
  /** @returns whether anybody listens. */
  emit(name: keyof Events, value: unknown): boolean;
};

/** A method's parameter is bivariant: the name under which a listener is stored says what it is called with. */
type Listener = { call(value: unknown): void }["call"];

export function createEmitter<Events>(): Emitter<Events> {
  const listeners = new Map<keyof Events, readonly Listener[]>();
  return {
    on(name, listener) {
      const own: Listener = (value) => listener(value as Events[typeof name]);
      listeners.set(name, [...(listeners.get(name) ?? []), own]);
      return () => {
        listeners.set(
          name,
          (listeners.get(name) ?? []).filter((other) => other !== own),
        );
      };
    },
    emit(name, value) {
      const those = listeners.get(name) ?? [];
      for (const listener of those) callOrReport(listener, value);
      return those.length > 0;
    },
  };
}

function callOrReport(listener: Listener, value: unknown): void {
  try {
    listener(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
