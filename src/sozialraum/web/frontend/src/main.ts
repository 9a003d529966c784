/** Everything here only adds comfort: each page reads and works without it. */
import "htmx.org";
import { linkAreas } from "./linked";
import { offerMap } from "./offer-map";
import { submitOnChange } from "./forms";

document.documentElement.classList.add("js");

function enhance(): void {
  linkAreas(document);
  offerMap(document);
  submitOnChange(document);
}

enhance();
document.addEventListener("htmx:after:swap", enhance);
