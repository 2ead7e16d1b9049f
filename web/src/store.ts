/** What this cell was delivered, folded event by event; nothing here is computed that was not given. */

import { instantMs } from "./format";
import type {
  Board, CentreName, Clock, DeliveredMessage, FeedEvents, FeedKind, JsonObject, LogState, NoticeEvent, Track,
} from "./types";

const MESSAGES_KEPT = 500;
const TRAIL_KEPT = 120;
const ENDED = new Set(["ended", "withdrawn"]);

export interface KnownTrack {
  track: Track;
  trail: [number, number, number][];
  counter: number;
  centre: CentreName;
}

export type Item = DeliveredMessage | NoticeEvent;

/** Whether an item of the feed is a message, not a notice. */
export function isMessage(item: Item): item is DeliveredMessage {
  return "message" in item;
}

/** What a message says: its body, or the extract that its reader may see. */
export function contentOf(message: DeliveredMessage): JsonObject {
  return message.message.body ?? message.extract ?? {};
}

/** Names by which other messages refer to this one. */
export function namesOf(message: DeliveredMessage): string[] {
  return [message.reference, message.message.id].filter((name) => name !== undefined);
}

export class Store {
  readonly tracks = new Map<number, KnownTrack>();
  readonly changedTracks = new Set<number>();
  /** Tracks that ended though their predicted impact was still to come: nobody sees them, and they have not come down. */
  private readonly lost = new Map<number, KnownTrack>();
  readonly items: Item[] = [];
  readonly logs = new Map<CentreName, LogState>();
  readonly cancelled = new Set<string>();
  board: Board | null = null;
  clock: Clock | null = null;
  private clockSetMs = 0;
  private readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** Forget everything but the clock, which is the same for all cells. */
  forget(): void {
    this.tracks.clear();
    this.lost.clear();
    this.changedTracks.clear();
    this.items.length = 0;
    this.logs.clear();
    this.cancelled.clear();
    this.board = null;
  }

  /** Take one event of the feed. */
  take<K extends FeedKind>(kind: K, event: FeedEvents[K]): void {
    if (kind === "picture") this.takePicture(event as FeedEvents["picture"]);
    else if (kind === "board") this.board = event as Board;
    else if (kind === "log") this.logs.set((event as LogState).centre, event as LogState);
    else if (kind === "clock") {
      this.clock = event as Clock;
      this.clockSetMs = this.now();
    } else this.takeItem(event as Item);
  }

  private takePicture(event: FeedEvents["picture"]): void {
    for (const track of event.tracks) {
      this.changedTracks.add(track.number);
      if (ENDED.has(track.status)) {
        this.tracks.delete(track.number);
        this.lost.delete(track.number);
        if (track.status === "ended" && track.impact?.time) {
          this.lost.set(track.number, { track, trail: [], counter: event.counter, centre: event.centre });
        }
        continue;
      }
      const trail = this.tracks.get(track.number)?.trail ?? [];
      if (track.position_ecef_m) trail.push(track.position_ecef_m);
      if (trail.length > TRAIL_KEPT) trail.shift();
      this.tracks.set(track.number, { track, trail, counter: event.counter, centre: event.centre });
    }
  }

  /** Tracks that nobody sees any more and whose predicted impact is still to come. */
  outOfSight(): KnownTrack[] {
    return [...this.lost.values()].filter((known) => (this.secondsUntil(known.track.impact?.time) ?? -1) > 0);
  }

  private takeItem(item: Item): void {
    this.items.push(item);
    if (this.items.length > MESSAGES_KEPT) this.items.shift();
    if (isMessage(item) && item.message.kind === "cancellation") {
      for (const name of item.concerns ?? []) this.cancelled.add(name);
    }
  }

  /** Messages of some kinds that were not taken back, newest first. */
  messages(...kinds: string[]): DeliveredMessage[] {
    return this.items
      .filter(isMessage)
      .filter((item) => kinds.includes(item.message.kind) && !namesOf(item).some((name) => this.cancelled.has(name)))
      .reverse();
  }

  /** Time of the exercise now, milliseconds since the epoch; null before the first sign of the clock. */
  exerciseMs(): number | null {
    if (!this.clock) return null;
    const running = this.clock.state === "running" || this.clock.state === "live";
    const passed = running ? (this.now() - this.clockSetMs) * this.clock.speed : 0;
    return instantMs(this.clock.exercise_time) + passed;
  }

  /** Seconds until an instant by the clock of the exercise; null if either is not known. */
  secondsUntil(instant: string | undefined | null): number | null {
    const now = this.exerciseMs();
    return now === null || !instant ? null : (instantMs(instant) - now) / 1000;
  }
}
