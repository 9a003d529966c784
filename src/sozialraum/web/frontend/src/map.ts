/**
 * The zoomable map: the same areas, classes and colours as the picture that the server drew, on the instance's own
 * GeoJSON. No tiles, no glyphs, no foreign address.
 */
import { Map as MapLibre, NavigationControl, setWorkerUrl } from "maplibre-gl";
import type { GeoJSONSource, MapGeoJSONFeature, StyleSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";

setWorkerUrl(workerUrl);

const CLASSES = ["c1", "c2", "c3", "c4", "c5", "d1", "d2", "d3", "d4", "d5", "zero", "suppressed", "missing"];
const PATTERNED = ["suppressed", "zero"];

/** Read the colours that the style sheet gives to the classes now (light, dark or high contrast). */
function palette(): Record<string, string> {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colours = Object.fromEntries(
    [...CLASSES, "hatch", "ring"].map((name) => {
      probe.style.color = `var(--map-${name})`;
      return [name, rgb(getComputedStyle(probe).color)];
    }),
  );
  probe.remove();
  return colours;
}

/** MapLibre reads rgb() but not oklch(): let the canvas translate. */
function rgb(colour: string): string {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!context) return "#888888";
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return `rgb(${red},${green},${blue})`;
}

function classesOnPage(figure: Element): Record<string, string> {
  const marks = figure.querySelectorAll<SVGElement>("svg [data-area]");
  return Object.fromEntries(
    Array.from(marks, (mark) => {
      const painted = CLASSES.find((name) => mark.classList.contains(name) || mark.querySelector(`.${name}`));
      return [mark.dataset.area ?? "", painted ?? "missing"];
    }),
  );
}

function style(source: string, fill: Record<string, string>, areas: Record<string, string>): StyleSpecification {
  const colour = Object.entries(areas).flatMap(([area, name]) => [area, fill[name] ?? "#888888"]);
  const line = rgb(getComputedStyle(document.body).color);
  const paint = colour.length ? ["match", ["get", "code"], ...colour, fill.missing] : fill.missing;
  return {
    version: 8,
    sources: { areas: { type: "geojson", data: source, promoteId: "code" } },
    layers: [
      { id: "fill", type: "fill", source: "areas", paint: { "fill-color": paint as never, "fill-opacity": 0.95 } },
      { id: "line", type: "line", source: "areas", paint: { "line-color": line, "line-width": 0.6 } },
      {
        id: "active",
        type: "line",
        source: "areas",
        paint: {
          "line-color": line,
          "line-width": ["case", ["boolean", ["feature-state", "active"], false], 3, 0],
        },
      },
    ],
  };
}

/** Draw what fills an area without a class of its own colour: lines where withheld, small rings where exactly zero. */
function pattern(name: string, colours: Record<string, string>): ImageData | null {
  const [width, height] = name === "zero" ? [28, 36] : [22, 22];
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  if (!pen) return null;
  pen.fillStyle = colours[name] ?? "";
  pen.fillRect(0, 0, width, height);
  pen.beginPath();
  if (name === "zero") pen.ellipse(width / 2, height / 2, 4.4, 6, 0, 0, 2 * Math.PI);
  else
    for (const shift of [-width, 0, width]) {
      pen.moveTo(shift - 2, height + 2);
      pen.lineTo(shift + width + 2, -2);
    }
  pen.lineWidth = name === "zero" ? 2 : 2.5;
  pen.strokeStyle = colours[name === "zero" ? "ring" : "hatch"] ?? "";
  pen.stroke();
  return pen.getImageData(0, 0, width, height);
}

/** Fill withheld areas and those of exactly zero as the picture does, so that no kind hangs on its colour alone. */
function fillPatterns(map: MapLibre, colours: Record<string, string>, areas: Record<string, string>): void {
  PATTERNED.forEach((name) => {
    const codes = Object.keys(areas).filter((area) => areas[area] === name);
    const image = pattern(name, colours);
    if (!codes.length || !image) return;
    map.addImage(name, image, { pixelRatio: 2 });
    const filter = ["in", ["get", "code"], ["literal", codes]] as never;
    map.addLayer({ id: name, type: "fill", source: "areas", filter, paint: { "fill-pattern": name } }, "line");
  });
}

function bounds(data: GeoJSON.FeatureCollection): [number, number, number, number] {
  const box: [number, number, number, number] = [180, 90, -180, -90];
  const visit = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === "number" && typeof part[1] === "number") {
      box[0] = Math.min(box[0], part[0]);
      box[1] = Math.min(box[1], part[1]);
      box[2] = Math.max(box[2], part[0]);
      box[3] = Math.max(box[3], part[1]);
    } else part.forEach(visit);
  };
  data.features.forEach((feature) => "coordinates" in feature.geometry && visit(feature.geometry.coordinates));
  return box;
}

function follow(map: MapLibre, figure: Element, link: (area: string) => string | null): void {
  let active: string | number | undefined;
  const mark = (feature?: MapGeoJSONFeature): void => {
    if (active !== undefined) map.setFeatureState({ source: "areas", id: active }, { active: false });
    active = feature?.id;
    if (active !== undefined) map.setFeatureState({ source: "areas", id: active }, { active: true });
    const detail = (feature?.properties.code as string | undefined) ?? null;
    figure.closest("[data-linked]")?.dispatchEvent(new CustomEvent("area:show", { detail }));
    map.getCanvas().style.cursor = feature ? "pointer" : "";
  };
  map.on("mousemove", "fill", (event) => mark(event.features?.[0]));
  map.on("mouseleave", "fill", () => mark());
  map.on("click", "fill", (event) => {
    const target = link(event.features?.[0]?.properties.code as string);
    if (target) window.location.assign(target);
  });
}

/** Open the zoomable map over the picture, or close it again. Returns whether it is open now. */
export async function openMap(button: HTMLButtonElement): Promise<boolean> {
  const figure = button.closest("figure");
  const stage = figure?.querySelector<HTMLElement>(".map-stage");
  const source = button.dataset.map;
  if (!figure || !stage || !source) return false;
  const open = stage.querySelector(".map-live");
  if (open) {
    open.remove();
    stage.classList.remove("is-live");
    return false;
  }
  const colours = palette();
  const areas = classesOnPage(figure);
  const data = (await (await fetch(source)).json()) as GeoJSON.FeatureCollection;
  const canvas = document.createElement("div");
  canvas.className = "map-live";
  canvas.setAttribute("role", "region");
  canvas.setAttribute("aria-label", button.dataset.mapLabel ?? "");
  stage.append(canvas);
  stage.classList.add("is-live");
  const map = new MapLibre({
    container: canvas,
    style: style(source, colours, areas),
    bounds: bounds(data),
    fitBoundsOptions: { padding: 24 },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    cooperativeGestures: window.matchMedia("(pointer: coarse)").matches,
  });
  map.addControl(new NavigationControl({ showCompass: false }));
  map.on("load", () => {
    (map.getSource("areas") as GeoJSONSource).setData(data);
    fillPatterns(map, colours, areas);
  });
  follow(map, figure, (area) => {
    const mark = figure.querySelector(`svg a[data-area="${CSS.escape(area)}"]`);
    return mark?.getAttribute("href") ?? null;
  });
  return true;
}
