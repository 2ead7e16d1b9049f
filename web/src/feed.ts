/** The feed of one cell: server-sent events that resume by themselves after a cut. */

import { type CentreName, FEED_KINDS, type FeedEvents, type FeedKind, type JsonObject } from "./types";

const AGAIN_MS = 3000;

export interface FeedReader {
  event: <K extends FeedKind>(kind: K, event: FeedEvents[K]) => void;
  connected: (is: boolean) => void;
  /** The stream begins anew, from the first event: forget what came. */
  anew: () => void;
}

interface Wrapped {
  centre: CentreName;
  counter: number;
  event: JsonObject;
}

/** The data of an event without its wrapping: centre and counter beside the event, the board alone. */
export function unwrapped<K extends FeedKind>(kind: K, data: unknown): FeedEvents[K] {
  if (kind === "board") return (data as { board: FeedEvents[K] }).board;
  if (kind === "clock" || kind === "log") return data as FeedEvents[K];
  const { centre, counter, event } = data as Wrapped;
  return { ...event, centre, counter } as unknown as FeedEvents[K];
}

/** Open the feed as a cell; returns what ends it.
 *
 * After a cut the browser reconnects with the last id that it has. If the server refuses that (it was set back, or the
 * session has ended), the browser gives up; then the feed is opened anew after some seconds.
 */
export function openFeed(as: string, reader: FeedReader): () => void {
  let source: EventSource;
  let again = 0;
  const open = (): void => {
    reader.anew();
    source = new EventSource(`api/feed?${new URLSearchParams({ as }).toString()}`, { withCredentials: true });
    source.addEventListener("open", () => { reader.connected(true); });
    source.addEventListener("error", () => {
      reader.connected(false);
      if (source.readyState === EventSource.CLOSED) again = window.setTimeout(open, AGAIN_MS);
    });
    for (const kind of FEED_KINDS) {
      source.addEventListener(kind, (given) => {
        reader.event(kind, unwrapped(kind, JSON.parse((given as MessageEvent<string>).data)));
      });
    }
  };
  open();
  return () => {
    window.clearTimeout(again);
    source.close();
  };
}
