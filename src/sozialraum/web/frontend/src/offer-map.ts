/** Offer the zoomable map where the page has a picture of one; its code is fetched only when it is asked for. */
export function offerMap(root: ParentNode): void {
  root.querySelectorAll<HTMLButtonElement>("button[data-map]:not([data-map-ready])").forEach((button) => {
    button.dataset.mapReady = "";
    button.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      const { openMap } = await import("./map");
      const opened = await openMap(button);
      button.disabled = false;
      button.setAttribute("aria-pressed", String(opened));
    });
  });
}
