/** Making elements, without a framework. */

export type Child = Node | string | null | undefined;
export interface Attributes {
  [name: string]: string | number | boolean | ((event: Event) => void) | null | undefined;
}

/** Make an element; a function becomes a listener, true an empty attribute, false and null nothing.
 *  Styles are set by script: the server's content policy lets no style stand in markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (name === "style") made.style.cssText = String(value ?? "");
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  put(made, ...children);
  return made;
}

/** Append children; text is text, never markup. */
export function put(parent: Element, ...children: Child[]): void {
  for (const child of children) if (child !== null && child !== undefined) parent.append(child);
}

/** The element of the page with an id; the page is broken without it. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found;
}

/** A select with its label. */
export function choice(
  label: string,
  options: readonly { id: string; name: string }[],
  chosen: string,
  changed: (id: string) => void,
): HTMLLabelElement {
  const select = el("select", { change: () => { changed(select.value); } });
  for (const option of options) select.append(el("option", { value: option.id, selected: option.id === chosen }, option.name));
  return el("label", { class: "choice" }, el("span", {}, label), select);
}

/** A button. */
export function button(text: string, pressed: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return el("button", { type: "button", click: () => { pressed(); }, ...attributes }, text);
}
