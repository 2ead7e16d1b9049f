/** Assets in service in the phase shown, and what is defended. */

import { serves } from "../globe/shapes";
import { el } from "../dom";
import { kilometres, place, words } from "../format";
import { byNumber, ownerColour } from "../palette";
import type { Asset } from "../types";
import { type Context, nameOf, type Panel } from "./panel";
import { Table } from "./table";

function sees(asset: Asset): string {
  const { volume } = asset;
  if (volume) {
    const sector = volume.sector_deg >= 360 ? "all round" : `${volume.sector_deg.toFixed(0)}° around ${volume.azimuth_deg.toFixed(0)}°`;
    return `sees ${kilometres(volume.range_m)}, ${sector}`;
  }
  return asset.reach_m === null ? "" : `reaches ${kilometres(asset.reach_m)}`;
}

export function assetsPanel(context: Context): Panel {
  const owners = byNumber(context.scene.assets);
  const owner = (asset: Asset): Node => el("span", {},
    el("span", { class: "swatch inline", style: `background:${ownerColour(owners, asset.owner)}` }), nameOf(context.session, asset.owner));
  const table = new Table<Asset>({
    caption: "Assets in service in the phase shown",
    empty: "No asset is in service in this phase, or none may be shown to this cell.",
    key: (asset) => `asset:${asset.id}`,
    select: (key) => { context.change({ selected: key }); },
    columns: [
      { title: "Name", cell: (asset) => asset.name },
      { title: "Owner", cell: owner },
      { title: "Kind", cell: (asset) => words(asset.kind) },
      { title: "Where", cell: (asset) => place(asset.latitude_deg, asset.longitude_deg) },
      { title: "Does", cell: sees },
    ],
  });
  const title = el("h2");
  const update = (): void => {
    const phase = context.session.scenario.phases.find((each) => each.id === context.view.phase);
    title.textContent = `Assets, ${phase?.name ?? "all phases"}`;
    table.show(context.scene.assets.filter((asset) => !phase || serves(asset, phase.date)), context.view.selected);
  };
  return { element: el("div", {}, title, table.element), update };
}
