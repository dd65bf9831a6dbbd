/** State that tells its listeners what has changed. */

type Listener<T> = (now: T) => void;

export class Store<T extends object> {
  private readonly listeners: { keys: ReadonlySet<keyof T>; listener: Listener<T> }[] = [];

  constructor(private value: T) {}

  get now(): Readonly<T> {
    return this.value;
  }

  /** Changes some keys, and then calls, in the order of registration, each listener to a key whose value is another than before. */
  set(patch: Partial<T>): void {
    const changed = (Object.keys(patch) as (keyof T)[]).filter((key) => !Object.is(patch[key], this.value[key]));
    if (changed.length === 0) return;
    this.value = { ...this.value, ...patch };
    for (const { keys, listener } of [...this.listeners]) {
      if (changed.some((key) => keys.has(key))) listener(this.value);
    }
  }

  /** Calls `listener` after each change of one of `keys`. */
  on(keys: readonly (keyof T)[], listener: Listener<T>): void {
    this.listeners.push({ keys: new Set(keys), listener });
  }
}
