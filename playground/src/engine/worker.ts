/** What answers where nothing is installed: the engine in a worker of this page. */

import type { AnswerOf, ArgumentsOf, Question } from "../answers";
import type { Asked, Told } from "../worker/main";
import type { Backend } from "./backend";

/** Milliseconds after which an answer is given up; regexes are cut off long before. */
const PATIENCE = 5000;

/** More of them for each character of the events: 20 seconds for ten megabytes. */
const PATIENCE_PER_CHARACTER = 0.002;

/** Milliseconds for the start of the worker: a slow line, a slow processor. */
const PATIENCE_AT_START = 120_000;

/** A browser has less room than Python expects for brackets within brackets: some thousand levels end the engine. */
const TOO_DEEP = /^RangeError: |^InternalError: too much recursion/;
const NESTED = "The events, or the mapping, have brackets within brackets, more than a thousand deep: too deep for the engine in a browser. Remove them.";

function tooLong(patience: number): string {
  return `The engine gave up after ${Math.round(patience / 1000)} seconds: this mapping, or these events, take too long.`;
}

/**
 * Returns an engine that starts with the first question: until then, the page has the processor, and shows what it knows.
 *
 * @param file the worker's script, relative to the page
 */
export function workerBackend(file: string): Backend {
  const engine = new WorkerEngine(new URL(file, document.baseURI).href);
  return {
    ask: async <Q extends Question>(question: Q, args: ArgumentsOf<Q>) => {
      const length = "events" in args ? args.events.text?.length : undefined;
      const told = JSON.parse(await engine.ask(question, JSON.stringify(args), length));
      if ("refused" in told) throw new Error(told.refused);
      return told.answer as AnswerOf<Q>;
    },
    onRestart: (listener) => engine.listeners.push(listener),
  };
}

interface Waiting {
  asked: Asked;
  resolve(text: string): void;
  reject(error: Error): void;
}

class WorkerEngine {
  readonly listeners: ((reason: string) => void)[] = [];
  private worker: Worker | null = null;
  private isReady = false;
  private broken: Error | null = null;
  /** Questions, the one that the worker answers first. */
  private waiting: Waiting[] = [];
  private watchdog = 0;
  private length = 0;
  private last = 0;

  constructor(private readonly address: string) {}

  /** Asks a question; `length` is that of the events, if it brings some. */
  ask(question: string, args: string, length = this.length): Promise<string> {
    this.length = length;
    this.worker ?? this.start();
    return new Promise((resolve, reject) => {
      this.waiting.push({ asked: { id: ++this.last, question, args }, resolve, reject });
      if (this.broken) this.giveUp(this.broken);
      else if (this.isReady && this.waiting.length === 1) this.send();
    });
  }

  private start(): void {
    this.isReady = false;
    const worker = startWorker(this.address);
    worker.onmessage = (event: MessageEvent<Told>) => this.hear(event.data);
    worker.onerror = (event) => this.fail(event.message ?? "its script cannot be loaded"); // without a message where that is so
    this.worker = worker;
    this.watch(PATIENCE_AT_START, () => this.fail("it takes too long to start"));
  }

  private hear(told: Told): void {
    if ("broken" in told) {
      this.fail(told.broken);
    } else if ("ready" in told) {
      this.isReady = true;
      this.watch(0);
      this.send();
    } else if (told.id === this.waiting[0]?.asked.id) {
      this.watch(0);
      const { resolve, reject } = this.waiting.shift()!;
      const isUsable = "text" in told || told.isUsable;
      if (!isUsable) this.restart("The engine stopped, and starts again.");
      if ("text" in told) resolve(told.text);
      else reject(new Error(TOO_DEEP.test(told.failed) ? NESTED : `Internal error in telemap: ${told.failed}`));
      if (isUsable) this.send();
    }
  }

  private send(): void {
    const next = this.waiting[0];
    if (!next) return;
    const patience = PATIENCE + PATIENCE_PER_CHARACTER * this.length;
    this.watch(patience, () => {
      this.waiting.shift();
      this.restart(`${tooLong(patience)} It starts again.`);
      next.reject(new Error(tooLong(patience)));
    });
    this.worker?.postMessage(next.asked);
  }

  private restart(reason: string): void {
    this.worker?.terminate();
    this.start();
    for (const listener of this.listeners) listener(reason);
  }

  private fail(reason: string): void {
    if (this.broken !== null) return;
    this.worker?.terminate();
    this.watch(0);
    this.broken = new Error(`The engine cannot start in this browser: ${reason}`);
    this.giveUp(this.broken);
  }

  private giveUp(error: Error): void {
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }

  private watch(patience: number, bark?: () => void): void {
    clearTimeout(this.watchdog);
    if (bark) this.watchdog = window.setTimeout(bark, patience);
  }
}

/**
 * Starts a module worker to which this page's Content-Security-Policy applies.
 *
 * A script from the network would bring its own, in a header that a static host does not send. A script in a blob inherits
 * the page's.
 */
function startWorker(address: string): Worker {
  const script = new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" });
  const url = URL.createObjectURL(script);
  const worker = new Worker(url, { type: "module" });
  worker.addEventListener("message", () => URL.revokeObjectURL(url), { once: true });
  return worker;
}
