// Names the packages whose code the page contains, with the texts of their licences, as these demand.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = /^(?:.*\/)?(node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const LINE = `\n\n${"-".repeat(80)}\n\n`;

/** Returns the folders of the packages that metafiles of esbuild name as inputs, below `root`, sorted. */
export function bundledPackages(metafiles, root) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const folders = inputs.map((input) => FOLDER.exec(input)?.[1]).filter((folder) => folder !== undefined);
  return [...new Set(folders)].sort().map((folder) => join(root, folder));
}

/** Returns a text beside this script. */
const kept = (name) => readFileSync(new URL(`${name}.txt`, import.meta.url), "utf8").trim();

function licenceText(folder, name) {
  const file = readdirSync(folder).find((one) => /^licen[cs]e(\.md|\.txt)?$/i.test(one));
  return file === undefined ? kept(name) : readFileSync(join(folder, file), "utf8").trim();
}

/** Returns the section about CPython, and those about packages of Python that a folder has installed. */
export function pythonSections(folder, names) {
  const sections = names.map((name) => {
    const description = new RegExp(`^${name.replace("-", "_")}-(.+)\\.dist-info$`, "i");
    const found = readdirSync(folder).find((file) => description.test(file));
    const texts = found === undefined ? "" : join(folder, found, "licenses");
    if (!existsSync(texts)) throw new Error(`${folder} has no licence of ${name}`);
    const text = readdirSync(texts).map((file) => readFileSync(join(texts, file), "utf8").trim());
    return `${name} ${description.exec(found)[1]}\n\n${text.join("\n\n")}`;
  });
  return [`CPython\n\n${kept("cpython")}`, ...sections];
}

/**
 * Writes `licences.txt`, the licences of packages, and `packages.json`, which lists them with versions, into the folder
 * `out`. `further` are sections about what does not come from npm.
 */
export function writeLicences(out, folders, further) {
  const packages = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return { name, version, license, text: licenceText(folder, name) };
  });
  const sections = packages.map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}`);
  const head = "The playground of telemap (MIT) contains code of these packages.";
  writeFileSync(join(out, "licences.txt"), `${[head, ...sections, ...further].join(LINE)}\n`);
  const list = packages.map(({ name, version, license }) => ({ name, version, license }));
  writeFileSync(join(out, "packages.json"), `${JSON.stringify(list, null, 2)}\n`);
}
