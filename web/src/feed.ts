/** The feed of one cell: server-sent events that resume by themselves after a cut. */

import { FEED_KINDS, type FeedEvents, type FeedKind } from "./types";

export interface FeedReader {
  event: <K extends FeedKind>(kind: K, event: FeedEvents[K]) => void;
  connected: (is: boolean) => void;
}

/** Open the feed as a cell; returns what ends it. The browser reconnects with the last id that it has. */
export function openFeed(as: string, reader: FeedReader): () => void {
  const source = new EventSource(`api/feed?${new URLSearchParams({ as }).toString()}`, { withCredentials: true });
  source.addEventListener("open", () => { reader.connected(true); });
  source.addEventListener("error", () => { reader.connected(false); });
  for (const kind of FEED_KINDS) {
    source.addEventListener(kind, (given) => {
      reader.event(kind, JSON.parse((given as MessageEvent<string>).data) as FeedEvents[typeof kind]);
    });
  }
  return () => { source.close(); };
}
