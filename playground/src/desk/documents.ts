/** What is in the editors: an example, a shared link, files of the local server, opened files. */
import type { Ask } from "../answers";
import type { EventsEditor } from "../editors/events";
import type { MappingEditor } from "../editors/mapping";
import type { EventsFile, MappingFile } from "../files";
import { counted } from "../look/dom";
import type { Example } from "../sharing/examples";
import { openFile, type Opened } from "../sharing/files";
import type { Bench } from "../state/model";
import type { Draft } from "./drafts";
import { hideNote, showNote } from "./notes";
import { messageOf } from "../text/errors";

/** Longer text is not looked at for whether it is a log. */
const CONVERTED = 16 * 1024 * 1024;
/** UTF-16 code units of events that a draft holds: browsers keep some megabytes for all pages of an address. */
const LONGEST_KEPT = 1_000_000;

export class Documents {
  /** The texts as they were loaded: an example that is unchanged is shared by its name. */
  private loaded = { mapping: "", events: "" };
  private isLoading = false;
  /** Called with what was typed and saved nowhere, when something else has taken its place. */
  replaced: (draft: Omit<Draft, "digest">) => void = () => undefined;
  private exampleName: string | null = null;
  /** The mapping's file on the local server; null without one. */
  private file: MappingFile | null = null;

  constructor(
    private readonly bench: Bench,
    readonly mapping: MappingEditor,
    readonly events: EventsEditor,
    private readonly mappingNotes: HTMLElement,
    private readonly eventsNotes: HTMLElement,
    private readonly ask: () => Ask,
  ) {}

  showExample(name: string, example: Example): void {
    this.show(example.mapping.name, example.mapping.text, example.events, null);
    this.exampleName = name;
    this.bench.set({ example: name });
  }

  show(name: string, mapping: string, events: string, eventsName: string | null): void {
    const draft = this.isUnsaved ? this.draft() : null;
    this.exampleName = null;
    this.bench.set({ mappingName: name, eventsName, event: null, series: null, pinned: null, example: null });
    this.loaded = { mapping, events };
    this.isLoading = true;
    this.mapping.text = mapping;
    this.events.text = events;
    this.isLoading = false;
    this.mappingNotes.replaceChildren();
    this.eventsNotes.replaceChildren();
    if (draft !== null) this.replaced(draft);
  }

  showMappingFile(file: MappingFile): void {
    this.bench.set({ mappingName: file.name, example: null });
    this.file = file;
    this.mapping.text = file.text;
    if (!file.exists) showNote(this.mappingNotes, "file", "info", `${file.name} does not exist yet: saving creates it.`);
  }

  showEventsFile(file: EventsFile): void {
    this.bench.set({ eventsName: file.name, event: null, series: null, example: null });
    this.events.text = file.text;
    if (file.truncated !== null) {
      const { events, bytes, of } = file.truncated;
      const share = of === null ? megabytes(bytes) : `${megabytes(bytes)} of ${megabytes(of)}`;
      showNote(this.eventsNotes, "truncated", "info", `The first ${counted(events, "event")} are shown: ${share}.`);
    }
    if (file.note !== null) showNote(this.eventsNotes, "file", "warn", file.note);
    void this.convert(file.name);
  }

  /** Follows a change of a text: the example is named while both texts are its own. */
  changed(): void {
    const isExample =
      this.exampleName !== null &&
      this.events.length === this.loaded.events.length &&
      this.mapping.text === this.loaded.mapping &&
      this.events.text === this.loaded.events;
    this.bench.set({ example: isExample ? this.exampleName : null });
  }

  /** Whether something was typed that is not in the file. */
  get isDirty(): boolean {
    return this.file !== null && this.mapping.text !== this.file.text;
  }

  /** Whether saving would change the file. */
  get isSaveable(): boolean {
    return this.file !== null && (!this.file.exists || this.isDirty);
  }

  /** Takes note of what the mapping's file contains now; null: it is gone. */
  fileHas(text: string | null): void {
    if (this.file !== null) this.file = { ...this.file, exists: text !== null, text: text ?? this.file.text };
  }

  /** Whether something was typed that is neither in the file nor in what was loaded. */
  get isUnsaved(): boolean {
    if (this.file !== null) return this.isDirty;
    if (this.isLoading) return false;
    const { mapping, events } = this.loaded;
    return this.mapping.text !== mapping || this.events.length !== events.length || this.events.text !== events;
  }

  /** Returns what would be lost with the page: of the local server's files, the mapping only. */
  draft(): Omit<Draft, "digest"> {
    const events = this.file === null && this.events.length <= LONGEST_KEPT ? this.events.text : null;
    return { mapping: this.mapping.text, events, mappingName: this.bench.now.mappingName, at: Date.now() };
  }

  /** Shows a draft; it can be undone. */
  restore(draft: Draft): void {
    if (this.file === null) this.bench.set({ mappingName: draft.mappingName, eventsName: null, example: null });
    this.mapping.text = draft.mapping;
    if (draft.events !== null) this.events.text = draft.events;
  }

  /** Opens files that were chosen or dropped: one mapping, and one recording. */
  async open(files: readonly File[]): Promise<void> {
    const opened: Opened[] = [];
    const failed: string[] = [];
    for (const file of files) {
      try {
        opened.push(await openFile(file));
      } catch (error) {
        failed.push(messageOf(error));
      }
    }
    for (const kind of ["mapping", "events"] as const) {
      const [first, ...others] = opened.filter((one) => one.kind === kind);
      if (first === undefined) continue;
      this.take(first);
      const notes = kind === "mapping" ? this.mappingNotes : this.eventsNotes;
      if (others.length === 0) hideNote(notes, "others");
      else showNote(notes, "others", "warn", `Only ${first.name} is shown, not ${others.map(({ name }) => name).join(", ")}: open one at a time.`);
    }
    if (failed.length > 0) showNote(this.eventsNotes, "open", "bad", failed.join(" "));
  }

  /** Takes back what was said of the recording, for others have taken the place of its events. */
  forgetRecording(): void {
    for (const kind of ["truncated", "file", "open", "others"]) hideNote(this.eventsNotes, kind);
  }

  /** Turns a pasted or opened log, which is in the editor, into events, if it is one. */
  async convert(name: string | null): Promise<void> {
    const { text, length } = this.events;
    if (length > CONVERTED) return;
    const conversion = await this.ask()("convert", { text }).catch(() => null);
    if (conversion === null || conversion.text === null || this.events.text !== text) return;
    this.events.text = conversion.text;
    const told = conversion.note === null ? "Converted to events." : `Converted to events: ${conversion.note.replace(/\.$/, "")}.`;
    showNote(this.eventsNotes, "converted", "info", told, [
      {
        text: "Undo",
        run: () => {
          this.events.text = text;
          this.bench.set({ eventsName: name });
        },
      },
    ]);
  }

  private take(opened: Opened): void {
    if (opened.kind === "mapping") {
      this.takeMapping(opened);
      return;
    }
    this.events.text = opened.text;
    this.bench.set({ example: null, eventsName: opened.name, event: null, series: null, pane: "events" });
    this.forgetRecording();
    if (opened.note !== null) showNote(this.eventsNotes, "file", "warn", opened.note);
    void this.convert(opened.name);
  }

  /** The mapping keeps the name of the file that it is saved to. */
  private takeMapping(opened: Opened): void {
    const keepsName = this.file?.saveable === true;
    const { text } = this.mapping;
    const { mappingName } = this.bench.now;
    this.bench.set({ example: null, pane: "mapping", ...(keepsName ? {} : { mappingName: opened.name }) });
    this.mapping.text = opened.text;
    const told = keepsName ? `This is the text of ${opened.name} now: saving writes it to ${mappingName}.` : `${opened.name} was opened.`;
    const undo = (): void => {
      this.bench.set({ mappingName });
      this.mapping.text = text;
    };
    showNote(this.mappingNotes, "open", keepsName ? "warn" : "info", told, [{ text: "Undo", run: undo }]);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;
}
