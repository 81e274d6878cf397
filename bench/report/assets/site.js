// Sorting, filtering and plots of a report. Without it every table is still there to be read.
"use strict";

// ---- sorting: numbers by value whatever stands around them, text by letters, gaps last

const NUMBER = /^[≈<±]?\s*([-+−]?\d[\d,]*(?:\.\d+)?)(?:\s*(?:±.*|[kMGT%s†‡]+|\/.*|\(.*\)))*\*?$/;

function value(text) {
  if (text === "" || text === "–") return null;
  const found = NUMBER.exec(text);
  if (!found) return text.toLowerCase();
  const number = Number(found[1].replace(/,/g, "").replace("−", "-"));
  return text.startsWith("<") ? number / 2 : number;
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : Number(String(a) > String(b));
}

function sort(head) {
  const row = head.parentElement;
  const table = row.closest("table");
  const column = [...row.cells].indexOf(head);
  const body = table.tBodies[0];
  const keyed = [...body.rows].map((line) => [value(line.cells[column].textContent.trim()), line]);
  const numeric = keyed.every(([key]) => key === null || typeof key === "number");
  // scores and counts are asked for from the top, names from A
  const was = head.getAttribute("aria-sort");
  const down = was === null ? numeric : was === "ascending";
  keyed.sort(([a], [b]) => {
    if (a === null || b === null) return (a === null) - (b === null);
    return down ? compare(b, a) : compare(a, b);
  });
  for (const other of row.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  body.append(...keyed.map(([, line]) => line));
}

for (const head of document.querySelectorAll(".sortable thead th")) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  button.addEventListener("click", () => sort(head));
  head.append(button);
}

// ---- names of tables, and bars behind scores

for (const table of document.querySelectorAll(".part table")) {
  table.setAttribute("aria-labelledby", table.closest(".part").querySelector("h2").id);
}

for (const head of document.querySelectorAll("th[data-score]")) {
  for (const line of head.closest("table").tBodies[0].rows) {
    const cell = line.cells[head.cellIndex];
    const score = /^\d/.test(cell.textContent) ? Number.parseFloat(cell.textContent) : 0;
    if (!score) continue;
    cell.classList.add("b");
    cell.style.setProperty("--v", `${Math.min(score, 100)}%`);
  }
}

// ---- a place in the tab order for what scrolls sideways

const wide = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    const scrolls = target.scrollWidth > target.clientWidth;
    if (!scrolls) {
      for (const name of ["tabindex", "role", "aria-labelledby"]) target.removeAttribute(name);
      continue;
    }
    target.tabIndex = 0;
    target.setAttribute("role", "region");
    target.setAttribute("aria-labelledby", target.firstElementChild.getAttribute("aria-labelledby"));
  }
});
for (const place of document.querySelectorAll(".scroll")) wide.observe(place);

// ---- filters: words over all cells of a row, and choices over whole tables

const filters = [...document.querySelectorAll("[data-filter]")];
const count = document.querySelector("[data-count]");

function filter() {
  const wanted = Object.fromEntries(filters.map((field) => [field.dataset.filter, field.value]));
  const words = (wanted.text || "").toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  let all = 0;
  for (const part of document.querySelectorAll("main > .part")) {
    const inside = ["dataset", "preset", "data"].every(
      (name) => !wanted[name] || part.dataset[name] === wanted[name],
    );
    const title = part.querySelector("h2").textContent.toLowerCase();
    let left = 0;
    for (const line of part.querySelectorAll("tbody tr")) {
      const text = `${title} ${line.textContent.toLowerCase()}`;
      line.hidden = !(inside && words.every((word) => text.includes(word)));
      left += line.hidden ? 0 : 1;
      all += 1;
    }
    part.hidden = left === 0;
    const plot = part.nextElementSibling;
    if (plot && plot.matches("figure")) plot.hidden = part.hidden;
    shown += left;
  }
  count.textContent = `${shown} of ${all} results`;
}

for (const field of filters) {
  field.addEventListener("input", filter);
  field.addEventListener("change", filter);
}
if (count) filter();

// ---- plots: drawn when they come near the screen, or else when there is time, for a printer

const dark = matchMedia("(prefers-color-scheme: dark)");
const drawn = [];

function colour(model) {
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--soft").trim();
  const line = style.getPropertyValue("--line").trim();
  for (const part of model.references()) {
    if (/Axis$/.test(part.type)) {
      part.setv({
        axis_label_text_color: ink, major_label_text_color: ink, axis_line_color: line,
        major_tick_line_color: line,
      });
    } else if (part.type === "Grid") {
      part.setv({ grid_line_color: line, grid_line_alpha: 0.7 });
    } else if (part.type === "Legend") {
      part.setv({ label_text_color: ink });
    } else if (part.type === "Text") {
      part.setv({ text_color: { value: ink } });
    }
  }
}

// training curves share one empty plot: only their lines stand on a page
function filled({ target_id, data }) {
  return JSON.parse(JSON.stringify({ ...globalThis.curves, target_id }), (key, part) => {
    if (part && part.name === "ColumnDataSource") {
      part.attributes.data = { type: "map", entries: Object.entries(data) };
    }
    return part;
  });
}

async function draw(place) {
  if (place.dataset.drawn) return;
  place.dataset.drawn = "begun";
  const told = JSON.parse(document.getElementById(place.dataset.plot).textContent);
  const item = told.data ? filled(told) : told;
  const views = await Bokeh.embed.embed_item(item, place.id);
  for (const view of views.roots || []) {
    drawn.push(view.model);
    colour(view.model);
    // names have their places for a wide plot; on a phone a touched point says its own
    const alpha = place.clientWidth >= 500 ? 1 : 0;
    for (const part of view.model.references()) {
      if (part.type === "Text") part.setv({ text_alpha: { value: alpha } });
    }
  }
  place.dataset.drawn = "yes";
}

const near = new IntersectionObserver((found) => {
  for (const { isIntersecting, target } of found) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    draw(target);
  }
}, { rootMargin: "400px" });

const places = [...document.querySelectorAll("[data-plot]")];
for (const place of places) near.observe(place);

async function rest() {
  for (const place of places) {
    await new Promise((free) => (globalThis.requestIdleCallback || setTimeout)(free));
    await draw(place);
  }
}
addEventListener("load", rest);

// a printer takes the plots as they stand, before they could be drawn anew: the sheet of styles
// turns those with light ink around
function ink() {
  if (matchMedia("print").matches) return;
  document.documentElement.dataset.ink = dark.matches ? "light" : "dark";
  drawn.forEach(colour);
}
ink();
dark.addEventListener("change", ink);
