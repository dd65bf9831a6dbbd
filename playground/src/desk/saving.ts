/** Saving the mapping of the local server, and what to do when somebody else changed it. */
import { button } from "../look/controls";
import { openDialog, toast } from "../look/dialog";
import { byId, el } from "../look/dom";
import type { Conflict } from "../files";
import { download } from "../sharing/files";
import type { Bench } from "../state/model";
import type { Documents } from "./documents";
import type { DiskChange, LocalFiles } from "./local_files";
import { hideNote, showNote } from "./notes";

export class Saving {
  private saveable = true;
  private advice = "";

  constructor(
    private readonly bench: Bench,
    private readonly documents: Documents,
    /** null: there is no file to save to, and the mapping is downloaded. */
    private readonly files: LocalFiles | null,
    private readonly saved: () => void,
  ) {}

  forbid(advice: string): void {
    this.saveable = false;
    this.advice = advice;
  }

  /** Saves the mapping as a file of the browser. */
  download(): void {
    const name = this.bench.now.mappingName.split("/").at(-1)!.replace(/^telemap:/, "");
    download(/\.ya?ml$/.test(name) ? name : `${name}.yaml`, this.documents.mapping.text);
  }

  async save(): Promise<void> {
    const { text } = this.documents.mapping;
    if (this.files === null || !this.saveable) {
      this.download();
      if (this.advice !== "") toast(this.advice);
      return;
    }
    const result = await this.files.save(text);
    if (result.kind === "saved") {
      this.documents.saved = text;
      hideNote(byId("mapping-notes"), "file");
      hideNote(byId("mapping-notes"), "disk");
      toast("Saved");
      this.saved();
    } else if (result.kind === "failed") showNote(byId("mapping-notes"), "save", "bad", `The mapping is not saved. ${result.why}`);
    else this.conflict(result.theirs);
  }

  /** Offers to load files that have changed on disk. */
  watch(): void {
    const show = (what: "mapping" | "events", change: DiskChange): void => {
      if (change === "changed") this.offer(what);
      else if (change === "gone") showNote(byId(`${what}-notes`), "disk", "warn", what === "mapping" ? "The file was deleted: saving writes it again." : "The file was deleted.");
      else hideNote(byId(`${what}-notes`), "disk");
    };
    const files = this.files;
    files?.watch(
      (mapping, events) => {
        show("mapping", mapping);
        show("events", events);
      },
      (why) => showNote(byId("mapping-notes"), "server", "bad", why),
    );
  }

  private offer(what: "mapping" | "events"): void {
    const isLost = what === "mapping" && this.documents.isDirty;
    const text = isLost ? "The file has changed on disk. Loading it replaces what you changed here; that can be undone." : "The file has changed on disk.";
    showNote(byId(`${what}-notes`), "disk", isLost ? "warn" : "info", text, [{ text: "Reload", run: () => void this.reload(what) }]);
  }

  private async reload(what: "mapping" | "events"): Promise<void> {
    const files = await this.files!.open();
    if (what === "mapping" && files.mapping !== null) this.documents.showMappingFile(files.mapping);
    if (what === "events" && files.events !== null) this.documents.showEventsFile(files.events);
    this.saved();
  }

  private conflict(theirs: Conflict): void {
    const theirText = theirs.text;
    const cancel = button("Cancel", () => close(), { class: "plain" });
    cancel.autofocus = true;
    const close = openDialog(
      "The file has changed on disk",
      el(
        "p",
        {},
        theirText === null
          ? `${this.bench.now.mappingName} was deleted since it was opened. Nothing is written yet.`
          : `${this.bench.now.mappingName} was changed by another program since it was opened. Nothing is written yet.`,
      ),
      theirText === null ? "" : el("details", {}, el("summary", {}, "The version on disk"), el("pre", { class: "dialog-text", tabindex: 0 }, theirText)),
      el(
        "div",
        { class: "dialog-foot" },
        button(theirText === null ? "Save mine again" : "Save mine over it", () => {
          close();
          this.files!.accept(theirs);
          void this.save();
        }),
        theirText === null
          ? ""
          : button("Load theirs", () => {
              close();
              this.files!.accept(theirs);
              this.documents.mapping.text = theirText;
              this.documents.saved = theirText;
              this.saved();
            }),
        cancel,
      ),
    );
  }
}
