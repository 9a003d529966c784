/** A form marked `data-auto` needs no button where scripts run: a change sends it. */
export function submitOnChange(root: ParentNode): void {
  root.querySelectorAll<HTMLFormElement>("form[data-auto]:not([data-auto='on'])").forEach((form) => {
    form.dataset.auto = "on";
    form.addEventListener("change", () => form.requestSubmit());
  });
}
