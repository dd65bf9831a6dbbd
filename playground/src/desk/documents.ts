/** What is in the editors: an example, a shared link, files of the local server, opened files. */
import type { Ask } from "../answers";
import type { EventsEditor } from "../editors/events";
import type { MappingEditor } from "../editors/mapping";
import type { EventsFile, MappingFile } from "../files";
import { counted } from "../look/dom";
import type { Example } from "../sharing/examples";
import { openFile, type Opened } from "../sharing/files";
import type { Bench } from "../state/model";
import { hideNote, showNote } from "./notes";

/** Longer text is not looked at for whether it is a log. */
const CONVERTED = 16 * 1024 * 1024;

export class Documents {
  /** The texts as they were loaded: an example that is unchanged is shared by its name. */
  private loaded = { mapping: "", events: "" };
  private exampleName: string | null = null;
  /** The mapping as it is in its file; null without one. */
  saved: string | null = null;

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
    this.exampleName = null;
    this.bench.set({ mappingName: name, eventsName, event: null, series: null, pinned: null, example: null });
    this.loaded = { mapping, events };
    this.mapping.text = mapping;
    this.events.text = events;
    this.mappingNotes.replaceChildren();
    this.eventsNotes.replaceChildren();
  }

  showMappingFile(file: MappingFile): void {
    this.bench.set({ mappingName: file.name, example: null });
    this.saved = file.text;
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
    void this.convert(file.text, file.name);
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

  get isDirty(): boolean {
    return this.saved !== null && this.mapping.text !== this.saved;
  }

  /** Opens files that were chosen or dropped. `isNamed`: the mapping keeps the name of the file of the local server. */
  async open(files: readonly File[], keepsName: boolean): Promise<void> {
    for (const file of files) {
      try {
        this.take(await openFile(file), keepsName);
      } catch (error) {
        showNote(this.eventsNotes, "open", "bad", error instanceof Error ? error.message : String(error));
      }
    }
  }

  /** Turns a pasted or opened log into events, if it is one. */
  async convert(text: string, name: string | null): Promise<void> {
    if (text.length > CONVERTED) return;
    const conversion = await this.ask()("convert", { text }).catch(() => null);
    if (conversion === null || conversion.text === null || this.events.text.trim() !== text.trim()) return;
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

  private take(opened: Opened, keepsName: boolean): void {
    if (opened.kind === "mapping") {
      const before = this.mapping.text;
      this.mapping.text = opened.text;
      this.bench.set({ example: null, pane: "mapping", ...(keepsName ? {} : { mappingName: opened.name }) });
      showNote(this.mappingNotes, "open", "info", `${opened.name} was opened.`, [{ text: "Undo", run: () => void (this.mapping.text = before) }]);
      return;
    }
    this.events.text = opened.text;
    this.bench.set({ example: null, eventsName: opened.name, event: null, series: null, pane: "events" });
    hideNote(this.eventsNotes, "truncated");
    void this.convert(opened.text, opened.name);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;
}
