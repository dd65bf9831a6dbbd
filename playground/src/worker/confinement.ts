/**
 * Takes from a worker all that is not needed to calculate.
 *
 * A link to the playground can hold a stranger's mapping, which becomes Python in the reader's browser. The compiler lets
 * no text through, and Python sees no JavaScript; but if both had a hole, there is nothing behind it: no network, no
 * storage, no way to make code of text.
 */

/** Names of the global object that stay: what the language itself has, clocks, texts, and messages to the page. */
const KEPT = new Set([
  ...["Array", "ArrayBuffer", "Atomics", "BigInt", "BigInt64Array", "BigUint64Array", "Boolean", "DataView", "Date"],
  ...["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError", "AggregateError"],
  ...["FinalizationRegistry", "Float32Array", "Float64Array", "Infinity", "Int8Array", "Int16Array", "Int32Array"],
  ...["Intl", "Iterator", "JSON", "Map", "Math", "NaN", "Number", "Object", "Promise", "Proxy", "Reflect", "RegExp", "Set"],
  ...["String", "Symbol", "Uint8Array", "Uint8ClampedArray", "Uint16Array", "Uint32Array", "WeakMap", "WeakRef"],
  ...["WeakSet", "decodeURIComponent", "encodeURIComponent", "isFinite", "isNaN", "parseFloat", "parseInt", "undefined"],
  ...["TextDecoder", "TextEncoder", "WebAssembly", "console", "crypto", "performance"],
  ...["clearTimeout", "queueMicrotask", "setTimeout"],
  ...["globalThis", "self", "onmessage", "postMessage"],
]);

/** Removes everything else, for good, from a global object and the prototypes that only it has. */
export function confine(global: object): void {
  for (let place: object | null = global; place !== null && place !== Object.prototype; place = Object.getPrototypeOf(place)) {
    for (const name of Reflect.ownKeys(place)) {
      if (typeof name === "string" && name !== "constructor" && !KEPT.has(name)) remove(place, name);
    }
  }
  for (const makes of [function () {}, async function () {}, function* () {}, async function* () {}]) {
    refuseCode(Object.getPrototypeOf(makes));
  }
}

function remove(place: object, name: string): void {
  if (!Reflect.deleteProperty(place, name)) {
    Reflect.defineProperty(place, name, { value: undefined });
  }
}

/** The constructors of functions take their code as text, also where `eval` is gone. */
function refuseCode(prototype: object): void {
  Object.defineProperty(prototype, "constructor", {
    value: function Function() {
      throw new TypeError("no code is made of text here");
    },
  });
}
