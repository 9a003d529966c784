/**
 * Map, bars and table of one page talk about the same areas: whatever is hovered, focused or selected in one of them is
 * shown in all. The server marks each with `data-area`; a group ends at the nearest `data-linked`.
 */
const ACTIVE = "is-active";

function partners(group: Element, area: string): NodeListOf<Element> {
  return group.querySelectorAll(`[data-area="${CSS.escape(area)}"]`);
}

function areaOf(event: Event): string | null {
  const target = event.target instanceof Element ? event.target.closest("[data-area]") : null;
  return target?.getAttribute("data-area") ?? null;
}

function show(group: Element, area: string | null): void {
  group.querySelectorAll(`.${ACTIVE}`).forEach((element) => element.classList.remove(ACTIVE));
  const readout = group.querySelector("[data-readout]");
  if (area === null) {
    if (readout) readout.textContent = readout.getAttribute("data-empty") ?? "";
    return;
  }
  const found = partners(group, area);
  found.forEach((element) => element.classList.add(ACTIVE));
  const named = Array.from(found).find((element) => element.hasAttribute("data-label"));
  if (readout && named) readout.textContent = named.getAttribute("data-label");
}

/** Link the marks of every group below `root`; groups that are linked already stay as they are. */
export function linkAreas(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("[data-linked]:not([data-linked='on'])").forEach((group) => {
    group.dataset.linked = "on";
    group.addEventListener("pointerover", (event) => show(group, areaOf(event)));
    group.addEventListener("pointerleave", () => show(group, null));
    group.addEventListener("focusin", (event) => show(group, areaOf(event)));
    group.addEventListener("focusout", () => show(group, null));
    group.addEventListener("area:show", (event) => show(group, (event as CustomEvent<string | null>).detail));
  });
}
