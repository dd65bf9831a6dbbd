/** What was typed and is saved nowhere: the browser keeps it, so that it outlives the page and the local server. */
import { timeOfDay } from "../look/numbers";
import { remember, remembered } from "../look/storage";
import { showNote } from "./notes";

export interface Draft {
  mapping: string;
  /** null: they are not kept. */
  events: string | null;
  mappingName: string;
  /** Of the file that it changes; null without one. */
  digest: string | null;
  /** Milliseconds since 1970. */
  at: number;
}

const QUIET_MS = 300;

function read(text: string | null): Draft | null {
  try {
    const draft = JSON.parse(text ?? "null") as Draft | null;
    return typeof draft?.mapping === "string" ? draft : null;
  } catch {
    return null;
  }
}

/** Returns "at 14:05", or "on 2 March, 14:05" if that is not today. */
function moment(milliseconds: number): string {
  const then = new Date(milliseconds);
  const time = timeOfDay(then);
  if (then.toDateString() === new Date().toDateString()) return `at ${time}`;
  return `on ${then.toLocaleDateString("en-GB", { day: "numeric", month: "long" })}, ${time}`;
}

export class Drafts {
  /** What was there when the page was opened; null once something newer is kept. */
  private offered: Draft | null;
  private latest: (() => Draft) | null = null;
  private timer = 0;

  /** `key` names the place in a storage: one for each file. */
  constructor(
    private readonly key: string,
    private readonly storage: () => Storage,
  ) {
    this.offered = read(remembered(key, storage));
    addEventListener("pagehide", () => this.write());
  }

  /** Keeps what `draft` returns soon; null: all is saved. What was there before stays until there is something newer. */
  keep(draft: (() => Draft) | null): void {
    if (draft === null && this.offered !== null) return;
    this.offered = null;
    this.latest = draft;
    clearTimeout(this.timer);
    if (draft === null) this.drop();
    else this.timer = window.setTimeout(() => this.write(), QUIET_MS);
  }

  /** Keeps a draft, to be offered, whose text is no longer in the editors. */
  putAside(draft: Draft): void {
    clearTimeout(this.timer);
    this.latest = () => draft;
    this.write();
    this.offered = draft;
  }

  drop(): void {
    this.offered = this.latest = null;
    remember(this.key, null, this.storage);
  }

  /** Offers what was kept before the page was opened, if it is not what is in the editors. */
  offer(notes: HTMLElement, mapping: string, events: string, restore: (draft: Draft) => void): void {
    const draft = this.earlier(mapping, events);
    if (draft === null) return;
    showNote(notes, "draft", "info", `What was changed here ${moment(draft.at)} is not saved.`, [
      { text: "Restore", run: () => restore(draft) },
      { text: "Discard", run: () => this.offered === draft && this.drop() },
    ]);
  }

  private earlier(mapping: string, events: string): Draft | null {
    const { offered } = this;
    const isSame = offered !== null && offered.mapping === mapping && (offered.events === null || offered.events === events);
    if (isSame) this.drop();
    return isSame ? null : offered;
  }

  private write(): void {
    if (this.latest !== null) remember(this.key, JSON.stringify(this.latest()), this.storage);
    this.latest = null;
  }
}
