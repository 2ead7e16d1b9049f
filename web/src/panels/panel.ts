/** What every panel is given. */

import type { Opened } from "../globe/files";
import type { Ground } from "../globe/ground";
import type { Store } from "../store";
import type { Scene, Session } from "../types";
import type { View } from "../urlstate";

export interface Context {
  session: Session;
  scene: Scene;
  store: Store;
  ground: Ground;
  /** Files that are open. */
  opened: Set<Opened>;
  view: View;
  /** Change what is shown; the address follows. */
  change: (change: Partial<View>) => void;
  /** Say something to a screen reader at once. */
  announce: (text: string) => void;
}

export interface Panel {
  element: HTMLElement;
  /** Show what the store holds now. */
  update: () => void;
}

/** Whether who sits here may act now: for the own cell, and only while looking through its eyes. */
export function mayAct(context: Context): boolean {
  const { session, view } = context;
  return session.cell !== null && (session.role === "nation" || session.role === "white") && view.as === session.cell;
}

/** Name of a partner as people say it. */
export function nameOf(session: Session, id: string): string {
  return session.nations.find((nation) => nation.id === id)?.name ?? (id === "white" ? "White cell" : id);
}
