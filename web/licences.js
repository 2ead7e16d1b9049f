// A plugin that writes licences.txt into the bundle: name, version and licence text of every package that a module of it comes from,
// and of what is copied beside it. A package without a licence text stops the build.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { URL } from "node:url";

const PLACE = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const RULE = "=".repeat(100);
const GROUND = new URL("../src/synaspis/data/natural_earth/README.md", import.meta.url);

const CESIUM = new URL("node_modules/cesium/LICENSE.md", import.meta.url);

/** What the licence of Cesium says of a package that it uses. */
function withinCesium(name) {
  const parts = readFileSync(CESIUM, "utf8").split(/^### /m);
  return parts.find((part) => [name, `${name}.js`].includes(part.split("\n", 1)[0].trim()))?.trim();
}

function textOf(folder, name) {
  const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(each));
  if (file) return readFileSync(join(folder, file), "utf8").trim();
  const told = name.startsWith("@cesium/") ? "Under the licence of cesium, which stands here too." : withinCesium(name);
  if (!told) throw new Error(`${folder} has no licence text`);
  return told;
}

/** `copied`: names of packages of which files are copied into the bundle. */
export function licences(copied) {
  return {
    name: "licences",
    apply: "build",
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((part) => (part.type === "chunk" ? Object.keys(part.modules) : []));
      const own = new URL("node_modules/", import.meta.url).pathname;
      const folders = new Set([...copied.map((name) => join(own, name)), ...modules.map((id) => PLACE.exec(id)?.[1]).filter(Boolean)]);
      const parts = [...folders].sort().map((folder) => {
        const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
        return `${name} ${version} (${license})\n\n${textOf(folder, name)}`;
      });
      parts.unshift(`Synaspis (Apache-2.0)\n\n${readFileSync(new URL("../LICENSE", import.meta.url), "utf8").trim()}`);
      const source = ["What this page is made of, and under which licence.", readFileSync(GROUND, "utf8").trim(), ...parts].join(`\n\n${RULE}\n\n`);
      this.emitFile({ type: "asset", fileName: "licences.txt", source: `${source}\n` });
    },
  };
}
