/** The bar at the top. */
import type { Mode } from "../engine/backend";
import { button } from "../look/controls";
import { menu } from "../look/dialog";
import { byId, el, replace } from "../look/dom";
import { icon, sign, type Icon } from "../look/icons";
import { theme, toggleTheme, onSystemTheme } from "../look/theme";
import { showKeys } from "../panes/keys";
import type { ExampleEntry } from "../sharing/examples";
import type { Bench } from "../state/model";

export interface HeaderHands {
  choose: (example: string) => void;
  open: () => void;
  test: () => void;
  pin: () => void;
  share: () => void;
  save: () => void;
}

export interface Header {
  /** Fills the choice of examples. */
  setExamples: (entries: readonly ExampleEntry[]) => void;
  /** Whether something was typed that is not in the file, and whether saving would change that. */
  setDirty: (isDirty: boolean, isSaveable: boolean) => void;
}

const CHANGED = "";

function menuEntry(text: string, name: Icon, run: () => void): HTMLElement {
  return el("button", { type: "button", on: { click: run } }, icon(name), text);
}

/** Returns the choice of examples, in groups. */
function picker(bench: Bench, choose: (example: string) => void): { element: HTMLElement; fill: (entries: readonly ExampleEntry[]) => void } {
  const select = el("select", { class: "select", id: "example", "aria-label": "Example", on: { change: () => select.value !== CHANGED && choose(select.value) } });
  const label = el("label", { for: "example", class: "source-label muted" }, "Example");
  const show = (): void => {
    select.value = bench.now.example ?? CHANGED;
  };
  bench.on(["example"], show);
  return {
    element: el("div", { class: "source" }, label, select),
    fill(entries) {
      const groups = new Map<string, ExampleEntry[]>();
      for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
      replace(
        select,
        el("option", { value: CHANGED, hidden: true }, "Your own"),
        ...[...groups].map(([group, members]) => el("optgroup", { label: group }, ...members.map((entry) => el("option", { value: entry.name }, entry.title)))),
      );
      show();
    },
  };
}

export function makeHeader(bench: Bench, mode: Mode, hasFile: boolean, hands: HeaderHands): Header {
  replace(byId("brand-icon"), sign());
  const examples = picker(bench, hands.choose);
  if (!hasFile) byId("source").replaceWith(examples.element);

  const save = button("Save", hands.save, { icon: "save" });
  const pin = button("Pin", hands.pin, { icon: "pin", class: "wide-only", title: "Keep the mapping as it is now, to compare with" });
  const share = button("Share", hands.share, { icon: "share", class: mode === "local" && hasFile ? "" : "primary" });
  const light = button("", toggleAndDraw, { icon: "moon", iconOnly: true, class: "plain wide-only" });
  const more = button("More", () => undefined, { icon: "more", iconOnly: true, class: "plain narrow-only" });
  menu(more, "More", () => [
    menuEntry("Open files…", "open", hands.open),
    menuEntry("Make it a test", "test", hands.test),
    menuEntry(bench.now.pinned === null ? "Pin the mapping" : "Unpin the mapping", "pin", hands.pin),
    menuEntry(theme() === "dark" ? "Light colours" : "Dark colours", theme() === "dark" ? "sun" : "moon", toggleAndDraw),
    menuEntry("Keys", "help", showKeys),
  ]);

  function toggleAndDraw(): void {
    toggleTheme();
    drawTheme();
  }

  function drawTheme(): void {
    const name = theme() === "dark" ? "Light colours" : "Dark colours";
    light.setAttribute("aria-label", name);
    light.title = name;
    replace(light, icon(theme() === "dark" ? "sun" : "moon"));
  }
  onSystemTheme(drawTheme);
  drawTheme();

  bench.on(["pinned"], ({ pinned }) => pin.setAttribute("aria-pressed", String(pinned !== null)));
  replace(
    byId("actions"),
    button("Open…", hands.open, { icon: "open", class: "wide-only", title: "Open a mapping or events; or drop them" }),
    button("Make it a test", hands.test, { icon: "test", class: "wide-only" }),
    pin,
    share,
    hasFile ? save : null,
    light,
    button("Keys", showKeys, { icon: "help", iconOnly: true, class: "plain wide-only" }),
    more,
  );
  if (hasFile) save.classList.add("primary");
  return {
    setExamples: examples.fill,
    setDirty(isDirty, isSaveable) {
      save.disabled = !isSaveable;
      document.title = `${isDirty ? "● " : ""}${bench.now.mappingName.split("/").at(-1)} – telemap playground`;
      byId("mapping-name").classList.toggle("dirty", isDirty);
      byId("mapping-name").title = isDirty ? `${bench.now.mappingName}: changed, not saved` : bench.now.mappingName;
    },
  };
}

