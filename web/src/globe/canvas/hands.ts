/** Moving the view by hand: drag, wheel, two fingers, keys; and choosing with a click. */

import { type Camera, HIGHEST_M, LOWEST_M, nudged } from "../ground";

/** A press that moves less than this, in pixels, is a click. */
const CLICK = 4;
const WHEEL = 0.0015;

export interface Handled {
  camera: () => Camera;
  /** Degrees that a pixel spans. */
  scale: () => number;
  move: (camera: Camera) => void;
  click: (x: number, y: number) => void;
}

const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** The camera shifted by pixels, as if the ground were dragged. */
export function dragged([longitude, latitude, height]: Camera, right: number, down: number, scale: number): Camera {
  const turned = longitude - (right * scale) / Math.max(0.2, Math.cos((latitude * Math.PI) / 180));
  return [((((turned + 180) % 360) + 360) % 360) - 180, within(latitude + down * scale, -89, 89), height];
}

/** The camera nearer by a factor, what lies some pixels off the middle staying where it is. */
export function zoomed(camera: Camera, factor: number, right: number, down: number, scale: number): Camera {
  const height = within(camera[2] * factor, LOWEST_M, HIGHEST_M);
  const part = 1 - height / camera[2];
  const [longitude, latitude] = dragged(camera, -right * part, -down * part, scale);
  return [longitude, latitude, height];
}

export function handle(element: HTMLElement, handled: Handled): void {
  const pointers = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  const middle = (event: MouseEvent): [number, number] => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
  };
  const spread = (): number => {
    const [one, other] = [...pointers.values()];
    return one && other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
  };
  element.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    element.setPointerCapture(event.pointerId);
    travelled = 0;
  });
  element.addEventListener("pointermove", (event) => {
    const former = pointers.get(event.pointerId);
    if (!former) return;
    const [right, down] = [event.clientX - former.x, event.clientY - former.y];
    const before = spread();
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    travelled += Math.abs(right) + Math.abs(down);
    if (travelled < CLICK) return;
    if (pointers.size === 1) handled.move(dragged(handled.camera(), right, down, handled.scale()));
    else if (before > 0) handled.move(zoomed(handled.camera(), before / Math.max(1, spread()), ...middle(event), handled.scale()));
  });
  const end = (event: PointerEvent): void => {
    const held = pointers.delete(event.pointerId);
    if (held && event.type === "pointerup" && travelled < CLICK) {
      const box = element.getBoundingClientRect();
      handled.click(event.clientX - box.left, event.clientY - box.top);
    }
  };
  element.addEventListener("pointerup", end);
  element.addEventListener("pointercancel", end);
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    const pixels = event.deltaMode === 0 ? event.deltaY : event.deltaY * 30;
    handled.move(zoomed(handled.camera(), Math.exp(within(pixels, -300, 300) * WHEEL), ...middle(event), handled.scale()));
  }, { passive: false });
  element.addEventListener("keydown", (event) => {
    const camera = nudged(handled.camera(), event.key);
    if (!camera) return;
    event.preventDefault();
    handled.move(camera);
  });
}
