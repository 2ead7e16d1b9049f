/** What the cell server gives, as docs/formats/cell-interface.md has it. */

export type CentreName = "data" | "coordination";
export type Role = "nation" | "white" | "observer" | "operator";
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export interface JsonObject {
  [key: string]: Json;
}

export interface Named {
  id: string;
  name: string;
}

export interface Phase extends Named {
  date: string;
}

export interface Session {
  cell: string | null;
  role: Role;
  name: string;
  exercise: string | null;
  nations: Named[];
  view_as: string[];
  scenario: { id: string; name: string; phase?: string | null; phases: Phase[] };
}

export interface Inject {
  id: string;
  event: string;
  incident: string;
  at: string;
  sender: string;
  brings: string;
  expected: { by: string[]; action: string; within_s: number }[];
}

/** What the white cell has before it. */
export interface Programme extends Named {
  summary: string;
  starts: string;
  ends: string;
  objectives: { id: string; text: string }[];
  injects: Inject[];
}

export type AssetKind = "radar" | "battery" | "ship" | "satellite" | "centre";

export interface Volume {
  range_m: number;
  azimuth_deg: number;
  sector_deg: number;
  elevation_min_deg: number;
  elevation_max_deg: number;
}

export interface Asset extends Named {
  owner: string;
  kind: AssetKind;
  latitude_deg: number;
  longitude_deg: number;
  height_m: number;
  from: string | null;
  until: string | null;
  volume: Volume | null;
  reach_m: number | null;
}

export interface DefendedArea {
  phase: string;
  threat: string;
  geojson: JsonObject;
}

export interface Scene {
  assets: Asset[];
  areas: { id: string; name: string; owner: string; geojson: JsonObject }[];
  defended: DefendedArea[];
  computing: boolean;
}

export interface Reason {
  agreement: string;
  clause: string;
}

export interface Place {
  latitude_deg: number;
  longitude_deg: number;
  covariance_m2?: [number, number, number];
  sigma_s?: number;
  time?: string;
}

export interface Track {
  number: number;
  status: string;
  time: string;
  quality: string;
  sources: string[];
  why: Reason[];
  position_ecef_m?: [number, number, number];
  velocity_ecef_m_s?: [number, number, number];
  covariance?: number[];
  impact?: Place;
  launch?: Place;
}

interface Delivered {
  centre: CentreName;
  counter: number;
  at: string;
}

export interface PictureEvent extends Delivered {
  tracks: Track[];
}

export interface DeliveredMessage extends Delivered {
  message: { kind: string; sender: string; id?: string; sent_at?: string; label?: Json; body?: JsonObject; exercise?: string };
  extract?: JsonObject;
  quality: string;
  reference?: string;
  track?: string;
  concerns?: string[];
  why: Reason[];
  findings?: { rule: string; text: string }[];
}

export interface NoticeEvent extends Delivered {
  code: string;
  text: string;
}

export interface Clock {
  exercise_time: string;
  speed: number;
  state: string;
}

export interface LogState {
  centre: CentreName;
  origin: string;
  size: number | null;
  root: string | null;
  signed_by: string[];
  cosigners: string[];
  holds: boolean;
  findings: string[];
}

export type Board = JsonObject;

/** What the store takes, by kind of event. */
export interface FeedEvents {
  picture: PictureEvent;
  message: DeliveredMessage;
  notice: NoticeEvent;
  board: Board;
  clock: Clock;
  log: LogState;
}
export type FeedKind = keyof FeedEvents;
export const FEED_KINDS: readonly FeedKind[] = ["picture", "message", "notice", "board", "clock", "log"];
