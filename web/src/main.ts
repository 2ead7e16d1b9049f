/** Start of the page: asks who we are, draws what we may see, and follows the feed. */

import "./style.css";
import { getScene, getSession, Refused } from "./api";
import { button, byId, el } from "./dom";
import { openFeed } from "./feed";
import { type Ground, makeGround } from "./globe/ground";
import { Header } from "./header";
import { words } from "./format";
import { assetsPanel } from "./panels/assets";
import { filesPanel } from "./panels/files";
import { logsPanel } from "./panels/logs";
import { operate } from "./operator";
import { messagesPanel } from "./panels/messages";
import { type Context, nameOf } from "./panels/panel";
import { planPanel } from "./panels/plan";
import { situationPanel } from "./panels/situation";
import { type TabEntry, Tabs } from "./panels/tabs";
import { whitePanel } from "./panels/white";
import { Store } from "./store";
import { makeLegend, makeTimeline, threatsOf } from "./timeline";
import type { FeedEvents, FeedKind, Scene, Session } from "./types";
import { readView, type View, writeView } from "./urlstate";

const REFRESH_MS = 250;
const AGAIN_MS = 5000;

class Page {
  private readonly context: Context;
  private readonly ground: Ground;
  private readonly header: Header;
  private readonly tabs: Tabs;
  private readonly timeline: () => void;
  private readonly dark = window.matchMedia("(prefers-color-scheme: dark)");
  private endFeed: () => void = () => undefined;
  private dirty = true;

  constructor(session: Session, scene: Scene, view: View, ground: Ground) {
    this.ground = ground;
    this.context = {
      session, scene, view, ground, opened: new Set(), store: new Store(),
      change: (change) => { this.change(change); },
      announce: (text) => { byId("announce").textContent = text; },
    };
    this.settle();
    this.header = new Header(this.context);
    this.timeline = makeTimeline(this.context);
    makeLegend(this.context);
    this.tabs = new Tabs(this.entries(), (tab) => { this.change({ tab }); });
    this.listen();
    this.follow();
    this.showAll();
    void this.complete();
    window.setInterval(() => { this.refresh(); }, REFRESH_MS);
  }

  /** Fill in what the address leaves open from what there is. */
  private settle(): void {
    const { session, view } = this.context;
    const { phases } = session.scenario;
    const threats = threatsOf(this.context);
    if (!phases.some((phase) => phase.id === view.phase)) view.phase = session.scenario.phase ?? phases[phases.length - 1]?.id ?? "";
    if (!threats.includes(view.threat)) view.threat = threats[threats.length - 1] ?? "";
    if (!session.view_as.includes(view.as)) view.as = home(session);
  }

  private entries(): TabEntry[] {
    const { context } = this;
    const entries: TabEntry[] = [
      { id: "situation", title: "Situation", panel: situationPanel(context) },
      { id: "plan", title: "Plan", panel: planPanel(context) },
      { id: "messages", title: "Messages", panel: messagesPanel(context) },
      { id: "assets", title: "Assets", panel: assetsPanel(context) },
      { id: "logs", title: "Logs", panel: logsPanel(context) },
      { id: "files", title: "Files", panel: filesPanel(context) },
    ];
    if (context.session.role === "white") entries.push({ id: "white", title: "White cell", panel: whitePanel(context) });
    return entries;
  }

  private listen(): void {
    this.ground.onPick = (id) => { this.change({ selected: id }); };
    this.ground.onMove = (camera) => {
      this.context.view.camera = camera;
      this.address();
    };
    this.dark.addEventListener("change", () => { this.theme(); });
    window.addEventListener("hashchange", () => {
      const former = this.context.view.as;
      Object.assign(this.context.view, readView(window.location.hash));
      this.settle();
      this.ground.place(this.context.view.camera);
      if (this.context.view.as !== former) void this.lookAs();
      this.showAll();
    });
  }

  private change(change: Partial<View>): void {
    const { view } = this.context;
    const former = { ...view, layers: view.layers.join() };
    Object.assign(view, change);
    if (view.mode !== former.mode) this.ground.mode(view.mode);
    if (view.as !== former.as) void this.lookAs();
    this.address();
    const drawn = view.phase !== former.phase || view.threat !== former.threat || view.layers.join() !== former.layers;
    if (drawn || view.as !== former.as || view.theme !== former.theme) this.showAll();
    else this.showChosen();
  }

  private address(): void {
    const { view, session } = this.context;
    const shown = writeView({ ...view, as: view.as === home(session) ? "" : view.as });
    window.history.replaceState(null, "", shown === "" ? window.location.pathname : shown);
  }

  /** Look through another cell: its feed and its scene. */
  private async lookAs(): Promise<void> {
    this.follow();
    Object.assign(this.context.scene, await getScene(this.context.view.as));
    this.showAll();
  }

  /** Begin the feed of the cell that is looked through, from its start. */
  private follow(): void {
    this.endFeed();
    this.endFeed = openFeed(this.context.view.as, {
      anew: () => {
        this.context.store.forget();
        this.ground.forget();
        this.dirty = true;
      },
      event: (kind, event) => { this.take(kind, event); },
      connected: (is) => { this.header.connected(is); },
    });
  }

  private take<K extends FeedKind>(kind: K, event: FeedEvents[K]): void {
    this.context.store.take(kind, event);
    this.dirty = true;
    if (kind !== "message") return;
    const { message } = event as FeedEvents["message"];
    if (message.kind === "warning" || message.kind === "launch-report") {
      this.context.announce(`${words(message.kind)} of ${nameOf(this.context.session, message.sender)}`);
    }
  }

  /** Ask for the scene again while what is defended is still being computed. */
  private async complete(): Promise<void> {
    const { context } = this;
    while (context.scene.computing) {
      await new Promise((done) => { window.setTimeout(done, AGAIN_MS); });
      try {
        Object.assign(context.scene, await getScene(context.view.as));
      } catch {
        continue; // the feed says that there is no connection
      }
      this.settle();
      this.timeline();
      this.showAll();
    }
  }

  private theme(): void {
    const { theme } = this.context.view;
    const dark = theme === "dark" || (theme === "auto" && this.dark.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    this.ground.theme(dark);
  }

  /** Show everything that the view says. */
  private showAll(): void {
    const { view, scene, session } = this.context;
    const phase = session.scenario.phases.find((each) => each.id === view.phase);
    this.theme();
    this.ground.layers(view.layers);
    this.ground.assets(scene.assets, phase?.date ?? "9999");
    this.ground.defended(scene.defended.find((each) => each.phase === view.phase && each.threat === view.threat) ?? null);
    this.timeline();
    this.showChosen();
  }

  private showChosen(): void {
    this.ground.select(this.context.view.selected);
    this.tabs.show(this.context.view.tab);
    this.header.update();
  }

  /** What the clock moves, and what came since the last turn. */
  private refresh(): void {
    this.header.update();
    this.tabs.update();
    if (!this.dirty) return;
    this.dirty = false;
    this.ground.follow(this.context.store);
  }

  /** For tests: values instead of pixels. */
  get probe(): { tracks: () => number; refresh: () => void; store: Store; ground: Ground; opened: Context["opened"] } {
    const { context, ground } = this;
    const refresh = (): void => {
      this.dirty = true;
      this.refresh();
    };
    return { tracks: () => ground.trackCount, refresh, store: context.store, ground, opened: context.opened };
  }
}

/** The cell whose view is shown when nothing else is asked for. */
const home = (session: Session): string => session.cell ?? session.view_as[0] ?? "";

async function start(): Promise<void> {
  const view = readView(window.location.hash);
  try {
    const session = await getSession();
    if (session.role === "operator") {
      operate(session);
      return;
    }
    const scene = await getScene(session.view_as.includes(view.as) ? view.as : home(session));
    const ground = await makeGround(byId("globe"), view.drawing, view.mode, view.camera);
    const page = new Page(session, scene, view, ground);
    Object.assign(window, { synaspis: page.probe });
    document.documentElement.dataset.ready = "yes";
  } catch (error) {
    const inWords = error instanceof Refused ? error.message : `The page could not start: ${String(error)}`;
    byId("panel").replaceChildren(el("p", { class: "error", role: "alert" }, inWords),
      button("Try again", () => { window.location.reload(); }));
    if (!(error instanceof Refused)) throw error;
  }
}

void start();
