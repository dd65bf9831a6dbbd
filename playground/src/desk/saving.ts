/** Saving the mapping of the local server, and what to do when somebody else changed it. */
import type { Conflict, MappingFile } from "../files";
import { toast } from "../look/dialog";
import { byId } from "../look/dom";
import { showConflict } from "../panes/conflict_dialog";
import { download } from "../sharing/files";
import type { Bench } from "../state/model";
import type { Documents } from "./documents";
import type { Draft } from "./drafts";
import type { DiskChange, FileKind, LocalFiles } from "./local_files";
import { hideNote, showNote } from "./notes";
import { messageOf } from "../text/errors";

/** The file of the local server that the mapping came from. */
export interface SavedFile {
  files: LocalFiles;
  mapping: MappingFile;
}

export class Saving {
  constructor(
    private readonly bench: Bench,
    private readonly documents: Documents,
    /** null: there is no file to save to, and the mapping is downloaded. */
    private readonly file: SavedFile | null,
    /** Called when the file, or what is known of it, is another than before. */
    private readonly saved: () => void,
  ) {}

  /** Saves the mapping as a file of the browser. */
  download(): void {
    const name = this.bench.now.mappingName.split("/").at(-1)!.replace(/^telemap:/, "");
    download(/\.ya?ml$/.test(name) ? name : `${name}.yaml`, this.documents.mapping.text);
  }

  async save(): Promise<void> {
    if (this.file?.mapping.saveable !== true) {
      this.download();
      if (this.file === null) return;
      toast(`Downloaded: ${this.file.mapping.name} itself cannot be saved.`);
      this.documents.fileHas(this.documents.mapping.text);
      this.saved();
      return;
    }
    const { text } = this.documents.mapping;
    const result = await this.file.files.save(text);
    if (result.kind === "saved") {
      this.documents.fileHas(text);
      for (const kind of ["file", "disk", "open", "draft", "save"]) hideNote(byId("mapping-notes"), kind);
      toast("Saved");
      this.saved();
    } else if (result.kind === "failed") showNote(byId("mapping-notes"), "save", "bad", `The mapping is not saved. ${result.why}`);
    else this.conflict(result.theirs, text, this.file.files);
  }

  /** Shows a draft. Where the file was changed after it, saving asks. */
  restore(draft: Draft): void {
    this.file?.files.accept("mapping", draft);
    this.documents.restore(draft);
  }

  /** Offers to load files that have changed on disk. */
  watch(): void {
    this.file?.files.watch({
      changed: (what, change) => this.tell(what, change),
      refused() {
        const told = "telemap playground was started again, with a new address: open the one that it prints. What you changed here is offered there.";
        showNote(byId("mapping-notes"), "server", "bad", told);
      },
    });
  }

  private tell(what: FileKind, change: DiskChange): void {
    const notes = byId(`${what}-notes`);
    if (change === "same") hideNote(notes, "disk");
    else if (change === "changed") this.offer(what);
    else showNote(notes, "disk", "warn", "The file was deleted, or cannot be read.");
    if (what === "mapping" && change === "gone") {
      this.documents.fileHas(null);
      this.saved();
    }
  }

  private offer(what: FileKind): void {
    const isLost = what === "mapping" && this.documents.isDirty;
    const text = isLost ? "The file has changed on disk. Loading it replaces what you changed here; that can be undone." : "The file has changed on disk.";
    showNote(byId(`${what}-notes`), "disk", isLost ? "warn" : "info", text, [{ text: "Reload", run: () => void this.reload(what) }]);
  }

  private async reload(what: FileKind): Promise<void> {
    const { files } = this.file!;
    try {
      const now = await files.read();
      if (what === "mapping" && now.mapping !== null) this.documents.showMappingFile(now.mapping);
      if (what === "events" && now.events !== null) this.documents.showEventsFile(now.events);
      files.accept(what, now[what]);
    } catch (error) {
      const again = [{ text: "Try again", run: () => void this.reload(what) }];
      showNote(byId(`${what}-notes`), "disk", "bad", messageOf(error), again);
    }
    this.saved();
  }

  private conflict(theirs: Conflict, mine: string, files: LocalFiles): void {
    const save = (): void => {
      files.accept("mapping", theirs);
      void this.save();
    };
    if (theirs.text === mine) {
      save();
      return;
    }
    showConflict(this.bench.now.mappingName, theirs.text, mine, {
      save,
      load: (text) => {
        files.accept("mapping", theirs);
        this.documents.fileHas(text);
        this.documents.mapping.text = text;
        hideNote(byId("mapping-notes"), "disk");
        this.saved();
      },
    });
  }
}
