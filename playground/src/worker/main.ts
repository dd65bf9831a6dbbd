/** The worker: takes `{id, question, args}`, and posts `{ready}` once, then `{id, text}` or `{id, failed}` for each. */

import { type Answering, startEngine } from "./engine";

/** Addresses relative to this script, put here by the build. */
declare const RUNTIME: string;
declare const LIBRARY: string;
declare const ENGINE: string;

export interface Asked {
  id: number;
  question: string;
  /** JSON. */
  args: string;
}

export type Told =
  | { ready: true }
  | { broken: string } // it did not start
  | { id: number; text: string }
  | { id: number; failed: string; isUsable: boolean }; // whether it can answer the next

const post = self.postMessage.bind(self) as (told: Told) => void;

function reply(answer: Answering, { id, question, args }: Asked): Told {
  try {
    return { id, text: answer(question, args) };
  } catch (error) {
    return { id, failed: String(error), isUsable: (error as Error).name === "PythonError" };
  }
}

function reasonOf(error: unknown): string {
  const message = (error as { message?: unknown } | null)?.message;
  return typeof message === "string" ? message.trim().split("\n").at(-1)! : "one of its files is damaged";
}

// Pyodide waits without an end for some of the files that it loads: so it is told here when one is missing or damaged.
const load = self.fetch.bind(self);
self.fetch = async (file, options) => {
  const response = await load(file, options).catch(() => null);
  if (response?.ok === true) return response;
  const name = String(file instanceof Request ? file.url : file).split("/").at(-1)!;
  post({ broken: `${name} cannot be loaded` });
  throw new Error(name);
};
const instantiate = WebAssembly.instantiateStreaming;
WebAssembly.instantiateStreaming = async (...args) => {
  try {
    return await instantiate(...args);
  } catch (error) {
    post({ broken: reasonOf(error) });
    throw error;
  }
};

try {
  const here = import.meta.url;
  const answer = await startEngine({
    runtime: new URL(RUNTIME, here).href,
    library: new URL(LIBRARY, here).href,
    engine: fetch(new URL(ENGINE, here)).then((response) => response.arrayBuffer()),
  });
  self.onmessage = (event: MessageEvent<Asked>) => post(reply(answer, event.data));
  post({ ready: true });
} catch (error) {
  post({ broken: reasonOf(error) });
}
