/** Words on the canvas, white with a dark edge; each is drawn once and copied from then on. */

const KEPT = 600;
const EDGE = 3;
const drawn = new Map<string, HTMLCanvasElement>();

function make(text: string, font: string): HTMLCanvasElement {
  const scale = 2;
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (!context) return canvas;
  context.font = font;
  const height = 18;
  canvas.width = Math.ceil((context.measureText(text).width + 2 * EDGE) * scale);
  canvas.height = height * scale;
  context.scale(scale, scale);
  Object.assign(context, { font, lineWidth: EDGE, lineJoin: "round", strokeStyle: "#000", fillStyle: "#fff", textBaseline: "middle" });
  context.strokeText(text, EDGE, height / 2);
  context.fillText(text, EDGE, height / 2);
  return canvas;
}

/** Draw a word: its left end or its middle at x, its middle at y. */
export function label(
  context: CanvasRenderingContext2D, text: string, x: number, y: number, align: "left" | "middle", font = "600 13px system-ui, sans-serif",
): void {
  const key = `${font}|${text}`;
  let image = drawn.get(key);
  if (!image) {
    if (drawn.size >= KEPT) drawn.clear();
    image = make(text, font);
    drawn.set(key, image);
  }
  const [width, height] = [image.width / 2, image.height / 2];
  context.drawImage(image, align === "left" ? x - EDGE : x - width / 2, y - height / 2, width, height);
}
