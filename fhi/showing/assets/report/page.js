"use strict";
// The page without this script is whole, in Chinese, but for its pictures; it adds language, search, sorting and moving about.
const pageState = JSON.parse(document.getElementById("page-state").textContent);
const root = document.documentElement;
const switches = [...document.querySelectorAll("[data-language]")];
const found = document.getElementById("found");
const field = document.getElementById("find");
const say = (zh, en) => (root.lang === "zh" ? zh : en);
const title = (thing) => say(thing.zh, thing.en);
const unitOf = new Map(pageState.units.map((unit) => [unit.key, unit]));
const byName = new Map(pageState.units.flatMap((unit) => [[unit.zh, unit], [unit.en, unit]]));

// what a reader chose stands in the address, which can be kept and sent; a file may not be allowed to change it
function keep(name, value) {
  const address = new URL(location.href);
  if (value) address.searchParams.set(name, value);
  else address.searchParams.delete(name);
  try { history.replaceState(null, "", address); } catch { /* the choice holds until the page is closed */ }
}
const given = new URLSearchParams(location.search);

function show(language) {
  root.lang = language;
  for (const button of switches) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  for (const option of document.querySelectorAll("option[data-zh]")) option.textContent = option.dataset[language];
  field.placeholder = field.dataset[language];
  search();
  choose(mine, false);
  document.dispatchEvent(new Event("languagechosen"));
}

function made(kind, text, attributes = {}) {
  const element = document.createElement(kind);
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// --- one unit of the reader's own, marked wherever it stands -------------------------------------------------
let mine = "";
const marking = document.head.appendChild(document.createElement("style"));

function choose(key, kept = true) {
  mine = unitOf.has(key) ? key : "";
  const unit = unitOf.get(mine);
  const button = document.getElementById("mine");
  button.hidden = !unit;
  button.textContent = unit ? `★ ${title(unit)} ×` : "";
  button.setAttribute("aria-label", unit ? say(`取消标记${unit.zh}`, `Unmark ${unit.en}`) : "");
  const own = `.unit-${CSS.escape(mine)}`;
  marking.textContent = unit
    ? `tr${own}>*{background:var(--mine)!important}svg ${own} text,svg text${own}{font-weight:700!important;fill:var(--mine-ink)!important}svg ${own} circle,svg circle${own}{stroke:var(--mine-ink);stroke-width:6}svg ${own} .line{stroke:var(--mine-ink);stroke-width:3;opacity:1}.picture ${own} text{fill:#b33c00!important;font-weight:700!important}.picture ${own} path,.picture ${own} use{stroke:#c2410c!important;stroke-width:2.5px!important}`
    : "";
  for (const other of document.querySelectorAll("[data-mine]")) other.setAttribute("aria-pressed", String(other.dataset.mine === mine));
  if (kept) keep("unit", mine);
}

// --- search: the page of a unit first, then figures by closeness ---------------------------------------------
function link(target, text) {
  return made("a", text, { href: `#${target}` });
}

function headings(words) {
  return [...document.querySelectorAll("main h2, figure > h3")].filter((heading) => heading.innerText.toLowerCase().includes(words)).slice(0, 6);
}

function entry(unit) {
  const box = made("div", undefined, { class: "hit" });
  box.append(unit.section ? link(`city-${unit.key}`, title(unit)) : made("b", title(unit)));
  const close = pageState.figures.filter((figure) => figure.units === "*" || figure.units.includes(unit.key)).map((figure) => [figure.near.includes(unit.key) ? 0 : figure.units.length === 1 ? Infinity : figure.units.length, figure.id]);
  close.sort((a, b) => a[0] - b[0]);
  const list = made("span", undefined, { class: "close" });
  for (const [, id] of close.slice(0, 5)) list.append(link(id, heading(id)), " ");
  if (close.length > 5) list.append(made("small", say(`共${close.length}幅图`, `${close.length} figures in all`)));
  box.append(list);
  return box;
}

function heading(id) {
  const target = document.querySelector(`#${CSS.escape(id)} > h3`);
  return (target.querySelector(`:scope > .${root.lang}`) ?? target).textContent;
}

function search() {
  const words = field.value.trim().toLowerCase();
  found.hidden = !words;
  found.replaceChildren();
  if (!words) return;
  const rank = (unit) => [unit.zh, unit.en].reduce((best, text) => Math.min(best, text.toLowerCase() === words ? 0 : text.toLowerCase().startsWith(words) ? 1 : text.toLowerCase().includes(words) ? 2 : 9), 9);
  const hits = pageState.units.map((unit) => [rank(unit), unit]).filter(([near]) => near < 9).sort((a, b) => a[0] - b[0]);
  found.append(...hits.slice(0, 4).map(([, unit]) => entry(unit)));
  const others = headings(words);
  if (others.length) {
    const box = made("div", undefined, { class: "hit" });
    for (const other of others) box.append(link(other.id || other.closest("figure").id, other.innerText), " ");
    found.append(box);
  }
  if (!found.childElementCount) found.textContent = say(`没有找到“${field.value.trim()}”`, `Nothing found for “${field.value.trim()}”`);
}

// --- tables: sorted by a click on a head, saved as CSV ---------------------------------------------------------
function sort(button) {
  const head = button.closest("th");
  const table = head.closest("table");
  const place = head.cellIndex;
  const up = head.getAttribute("aria-sort") !== "ascending";
  for (const other of table.querySelectorAll("th[aria-sort]")) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const value = (row) => {
    const cell = row.cells[place];
    const text = cell.dataset.value ?? cell.innerText.trim();
    return text === "—" || text === "" ? [2, 0, ""] : Number.isNaN(Number(text)) ? [1, 0, text] : [0, Number(text), ""];
  };
  const rows = [...table.tBodies[0].rows].map((row) => [value(row), row]);
  const order = up ? 1 : -1;
  rows.sort(([a], [b]) => (a[0] === 2) - (b[0] === 2) || order * (a[1] - b[1] || a[2].localeCompare(b[2], root.lang)));
  table.tBodies[0].append(...rows.map(([, row]) => row));
}

const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function save(name, content, type) {
  const anchor = made("a", undefined, { download: name });
  anchor.href = URL.createObjectURL(new Blob([content], { type }));
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
}

function saveTable(id) {
  const start = document.getElementById(id);
  const table = start.tagName === "TABLE" ? start : (start.parentElement.querySelector("table") && [...start.parentElement.querySelectorAll("table")].find((one) => start.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING));
  const rows = [...table.rows].map((row) => [...row.cells].map((cell) => quoted((cell.querySelector(".sort") ?? cell).innerText.trim().replace(/\s*\n\s*/g, " "))).join(","));
  save(`${id}.${root.lang}.csv`, `\ufeff${rows.join("\n")}\n`, "text/csv");
}

async function copy(button, text) {
  const before = button.innerHTML;
  try { await navigator.clipboard.writeText(text); } catch {
    const box = document.body.appendChild(made("textarea", text));
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  button.textContent = say("已复制", "Copied");
  setTimeout(() => { button.innerHTML = before; }, 1200);
}

// --- moving about --------------------------------------------------------------------------------------------
function reveal() {
  const id = decodeURIComponent(location.hash.slice(1).split("/")[0]);
  const target = document.getElementById(id);
  if (!target) return;
  for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  target.scrollIntoView();
}

const chapters = [...document.querySelectorAll(".chapters a")];
const starts = chapters.map((anchor) => document.getElementById(anchor.hash.slice(1)));

function here() {
  const edge = document.querySelector(".bar").offsetHeight + 24;
  return starts.findLastIndex((start) => start.getBoundingClientRect().top < edge);
}

function progress() {
  const now = Math.max(here(), 0);
  chapters.forEach((anchor, i) => { if (i === now) anchor.setAttribute("aria-current", "true"); else anchor.removeAttribute("aria-current"); });
  const whole = root.scrollHeight - innerHeight;
  document.querySelector(".progress").style.width = `${whole > 0 ? (100 * scrollY) / whole : 0}%`;
  const strip = document.querySelector(".chapters");
  const current = chapters[now];
  if (current && (current.offsetLeft < strip.scrollLeft || current.offsetLeft + current.offsetWidth > strip.scrollLeft + strip.clientWidth)) strip.scrollLeft = current.offsetLeft - 20;
}

let waiting = false;
addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; progress(); });
}, { passive: true });

const keys = {
  "/": () => field.focus(),
  n: () => starts[Math.max(here(), 0) + 1]?.scrollIntoView(),
  p: () => starts[Math.max(here() - 1, 0)]?.scrollIntoView(),
  t: () => scrollTo(0, 0),
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { language, mine: own, table, link: target } = button.dataset;
  if (language) { show(language); keep("lang", language === "zh" ? "" : language); }
  else if (own !== undefined) choose(mine === own ? "" : own);
  else if (button.id === "mine") choose("");
  else if (button.id === "theme") theme(dark() ? "light" : "dark", true);
  else if (button.matches(".sort")) sort(button);
  else if (table) saveTable(table);
  else if (target) copy(button, `${location.href.split("#")[0]}#${target}`);
});

const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
function theme(name, kept) {
  if (name === "light" || name === "dark") root.dataset.theme = name;
  if (kept) keep("theme", name);
}

field.addEventListener("input", search);
// what was found would cover what it leads to; the field brings it back
found.addEventListener("click", (event) => { if (event.target.closest("a")) found.hidden = true; });
field.addEventListener("focus", () => { found.hidden = !field.value.trim(); });
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && found.querySelector("a")) { field.blur(); found.querySelector("a").click(); }
  if (event.key === "Escape") field.value = "";
  if (event.key === "Escape") search();
});
addEventListener("hashchange", reveal);
addEventListener("beforeprint", () => {
  for (const box of document.querySelectorAll("details.city")) box.open = true;
});
theme(given.get("theme"));
choose(given.get("unit") ?? "", false);
if (given.get("lang") === "en") show("en");
reveal();
progress();
