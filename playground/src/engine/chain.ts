/**
 * The order of questions per keystroke: wait, evaluate, draw, trace, draw, and then what else is visible. Newer text stops it.
 *
 * The first trace is of 500 events; others are asked for when they are looked at.
 */
import type { AnswerOf, ArgumentsOf, Evaluation, Question, State as EventState, Trace, TracedEvent, Unavailable } from "../answers";
import type { Bench } from "../state/model";
import { firstEvents } from "../text/first_events";
import type { Backend } from "./backend";
import { messageOf } from "../text/errors";

const QUIET_MS = 120;
const TRACED_AT_ONCE = 500;
/** UTF-16 code units of events that are answered quickly everywhere. */
const FEW = 1_500_000;
/** Whenever the engine gives up, it is given half of the events, down to this many code units. */
const LEAST = 60_000;

export interface Texts {
  mapping: () => string;
  events: () => string;
}

const painted = (): Promise<void> =>
  new Promise((resolve) => {
    if (document.visibilityState === "hidden") setTimeout(resolve, 0);
    else requestAnimationFrame(() => setTimeout(resolve, 0));
  });

export class Chain {
  private timer = 0;
  /** How much of the events the engine is given, in UTF-16 code units. */
  private limit = Infinity;
  /** Grows with each change of a text. */
  private revision = 0;
  private eventsRevision = 1;
  private sentRevision = 0;
  /** The generation that came of beginning anew. */
  private begunAgain = -1;
  private restarts = 0;
  private sentLength = 0;
  private asked = new Set<number>();
  /** The events that are looked at. */
  private inView: readonly [first: number, last: number] = [1, 1];
  private answers = new Map<string, Promise<unknown>>();

  constructor(
    private readonly backend: Backend,
    private readonly bench: Bench,
    private readonly texts: Texts,
  ) {
    backend.onRestart((reason) => {
      this.sentRevision = 0;
      this.restarts += 1;
      this.bench.set({ engine: { ...this.bench.now.engine, state: "ready", message: reason } });
    });
  }

  mappingChanged(): void {
    const { engine } = this.bench.now;
    if (engine.state === "ready" && engine.message !== "") this.bench.set({ engine: { ...engine, message: "" } });
    this.changed(QUIET_MS);
  }

  eventsChanged(): void {
    this.eventsRevision += 1;
    this.mappingChanged();
  }

  /** Lets the engine read the first events only, or all of them. */
  readFew(isFew: boolean): void {
    this.read(isFew ? FEW : Infinity);
  }

  private read(limit: number): void {
    this.limit = limit;
    this.sentRevision = 0;
    this.start();
  }

  /** Runs the chain as soon as the page has been painted. */
  start(): void {
    void painted().then(() => this.changed(0));
  }

  /** Asks a question about the text that was evaluated last; null if there is newer text, or the mapping has errors. The same question is asked once. */
  async about<Q extends Question>(question: Q, args: ArgumentsOf<Q>): Promise<Exclude<AnswerOf<Q>, Unavailable> | null> {
    const { generation } = this.bench.now;
    if (generation === 0 || this.bench.now.settled === 0) return null;
    const key = `${question} ${JSON.stringify(args)}`;
    let promise = this.answers.get(key);
    if (promise === undefined) {
      promise = this.backend.ask(question, args);
      promise.catch(() => {
        this.answers.delete(key);
        this.again(generation);
      });
      this.answers.set(key, promise);
    }
    const answer = (await promise) as AnswerOf<Q>;
    if (this.bench.now.generation !== generation) return null;
    if ("unavailable" in answer) {
      // The mapping has no errors, so the session does not know it any more.
      if (this.bench.now.evaluation?.families != null) this.again(generation);
      return null;
    }
    return answer as Exclude<AnswerOf<Q>, Unavailable>;
  }

  /** Traces the events around these, unless they have been; while the engine has to do with newer text, after that. */
  async look(first: number, last: number): Promise<void> {
    this.inView = [first, last];
    const { traced, settled, generation } = this.bench.now;
    if (traced === null || settled === 0 || settled !== generation) return;
    const revision = this.revision;
    for (let page = Math.floor((first - 1) / TRACED_AT_ONCE); page <= Math.floor((last - 1) / TRACED_AT_ONCE); page += 1) {
      if (this.asked.has(page)) continue;
      this.asked.add(page);
      await this.trace(page, revision);
    }
  }

  /** Begins anew, once for each text: the session may be gone, with what it was given. */
  private again(generation: number): void {
    if (generation === this.begunAgain) return;
    this.begunAgain = generation + 1;
    this.sentRevision = 0;
    this.start();
  }

  private changed(wait: number): void {
    this.revision += 1;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.run(this.revision), wait);
  }

  private async run(revision: number): Promise<void> {
    const { restarts } = this;
    try {
      const started = performance.now();
      const isRunning = this.bench.now.engine.state === "ready";
      const evaluation = await this.evaluate();
      if (revision !== this.revision) return;
      this.asked = new Set();
      this.answers = new Map();
      this.isBack();
      this.bench.set({
        evaluation,
        ...(evaluation.families === null ? {} : { families: evaluation.families, text: evaluation.text ?? "" }),
        isOutdated: false,
        generation: this.bench.now.generation + 1,
        took: isRunning ? performance.now() - started : null,
        // Counts and states of before stay while the mapping is broken, unless the events are others.
        ...(evaluation.families === null && evaluation.events.count !== this.bench.now.evaluation?.events.count ? { traced: null } : {}),
      });
      await painted();
      if (revision !== this.revision) return;
      if (evaluation.families !== null) {
        this.asked.add(0);
        await this.trace(0, revision);
        if (revision !== this.revision) return;
        await painted();
        if (revision !== this.revision) return;
      }
      this.bench.set({ settled: this.bench.now.generation });
      await this.look(...this.inView);
    } catch (error) {
      if (revision !== this.revision) return;
      this.failed(error);
      if (this.restarts > restarts) this.giveFewer();
    }
  }

  private async evaluate(): Promise<Evaluation> {
    const mapping = { name: this.bench.now.mappingName, text: this.texts.mapping() };
    const revision = this.eventsRevision;
    if (this.sentRevision === revision) {
      const answer = await this.backend.ask("evaluate", { mapping, events: { revision } });
      if (!("unknown_events" in answer)) return answer;
    }
    const all = this.texts.events();
    const text = firstEvents(all, this.limit);
    this.sentLength = text.length;
    const answer = await this.backend.ask("evaluate", { mapping, events: { revision, text } });
    if ("unknown_events" in answer) throw new Error("The engine does not take the events.");
    this.bench.set({ unsent: Math.max(0, all.length - text.length) });
    this.sentRevision = revision;
    return answer;
  }

  private async trace(page: number, revision: number): Promise<void> {
    const first = page * TRACED_AT_ONCE + 1;
    const answer = await this.backend.ask("trace", { first, last: first + TRACED_AT_ONCE - 1 });
    if (revision === this.revision && !("unavailable" in answer)) this.add(answer, page === 0);
  }

  private add(answer: Trace, isFirst: boolean): void {
    const before = isFirst ? null : this.bench.now.traced;
    // Both grow while other events are looked at: to copy them each time would take long with many events.
    const events = (before?.events ?? new Map()) as Map<number, TracedEvent>;
    const states = (before?.states ?? new Map()) as Map<number, EventState>;
    if (isFirst) for (const number of this.bench.now.evaluation?.events.malformed ?? []) states.set(number, "malformed");
    for (const event of answer.events) {
      events.set(event.number, event);
      states.set(event.number, event.state);
    }
    this.bench.set({ traced: { sources: answer.sources, events, states } });
  }

  /** The engine answers, so what was said of it before is over. */
  private isBack(): void {
    const { engine } = this.bench.now;
    if (engine.state === "lost" && engine.hello !== null) this.bench.set({ engine: { ...engine, state: "ready", message: "" } });
  }

  /** After the engine has given up: tries again with half of the events. */
  private giveFewer(): void {
    if (this.sentLength > LEAST) this.read(Math.max(LEAST, Math.floor(this.sentLength / 2)));
  }

  private failed(error: unknown): void {
    const message = messageOf(error);
    this.bench.set({ engine: { ...this.bench.now.engine, state: "lost", message }, isOutdated: true });
  }
}
