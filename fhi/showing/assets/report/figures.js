"use strict";
// Pictures are packed in the page and unpacked when they come near; each can be saved from the file itself.
const labels = pageState.columns;
const plain = new WeakMap();

async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}

function rowsOf(csv) {
  const rows = [[""]];
  let quote = false;
  for (let i = 0; i < csv.length; i += 1) {
    const letter = csv[i];
    const row = rows[rows.length - 1];
    if (quote && letter === '"' && csv[i + 1] === '"') { row[row.length - 1] += '"'; i += 1; }
    else if (letter === '"') quote = !quote;
    else if (letter === "," && !quote) row.push("");
    else if (letter === "\n" && !quote) rows.push([""]);
    else if (letter !== "\r") row[row.length - 1] += letter;
  }
  return rows.filter((row) => row.length > 1 || row[0]);
}

// columns that hold ids and remarks for those who edit the data; they stay in the file that is saved
const internal = new Set(["note", "fact", "facts", "id", "source"]);

// the columns of the other language stay away, and units and what the data name bear their names in this one
function told(csv) {
  const [heads, ...rows] = rowsOf(csv);
  const other = root.lang === "zh" ? "en" : "zh";
  // nor what is the same in every row, and no code beside the name that it stands for
  const varied = (i) => rows.length < 2 || rows.some((row) => row[i] !== rows[0][i]);
  const shown = heads.map((head, i) => [head, i]).filter(([head, i]) => !head.endsWith(`_${other}`) && varied(i) && !internal.has(head) && !(other === "zh" && head === "printed") && !heads.includes(`${head}_${root.lang}`));
  const label = (head) => labels[head]?.[root.lang] ?? labels[head.replace(/_(zh|en)$/, "")]?.[root.lang] ?? head.replace(/_(zh|en)$/, "").replaceAll("_", " ");
  const value = (text, head) => {
    if (text === "") return "—";
    if (/^-?\d+\.\d{4,}(e-?\d+)?$|^-?\d[\d.]*e-\d+$/.test(text)) return String(Number(Number(text).toPrecision(Math.max(4, String(Math.trunc(Math.abs(Number(text)))).length))));
    const unit = byName.get(text);
    if (unit) return title(unit);
    const word = pageState.words[`${head}.${text}`] ?? pageState.words[text];
    if (word) return word[root.lang];
    const parts = text.split(/[|+]/);
    return parts.length > 1 ? parts.map((part) => value(part, head)).join(say("、", ", ")) : text;
  };
  return { heads: shown.map(([head]) => label(head)), names: heads, rows: rows.map((row) => ({ raw: row, cells: shown.map(([head, i]) => value(row[i] ?? "", head)) })) };
}

async function paint(box) {
  const language = root.lang;
  if (box.dataset.shown === language) return;
  box.dataset.shown = language;
  const svg = await unpack(box.dataset[language]);
  if (root.lang !== language) return;
  plain.set(box, svg);
  const drawn = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  for (const mark of drawn.querySelectorAll('[data-unit]')) mark.classList.add(`unit-${byName.get(mark.dataset.unit)?.key}`);
  drawn.removeAttribute("width");
  drawn.removeAttribute("height");
  drawn.setAttribute("focusable", "false");
  box.replaceChildren(document.importNode(drawn, true));
  reveal(box);
  box.dispatchEvent(new Event("painted", { bubbles: true }));
}

// a picture wider than its box opens where its units begin: a map at its cities, rows at their names
function reveal(box) {
  if (box.scrollWidth <= box.clientWidth + 4) return;
  const marks = [...box.querySelectorAll("[data-unit]")].map((mark) => mark.getBoundingClientRect()).filter((mark) => mark.width);
  if (marks.length) box.scrollLeft += Math.min(...marks.map((mark) => mark.left)) - box.getBoundingClientRect().left - 12;
}

const pictures = [...document.querySelectorAll(".picture")];
const near = new Set();
const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) { near.add(target); paint(target); } else near.delete(target);
  }
}, { rootMargin: "900px 0px" });
pictures.forEach((box) => watcher.observe(box));
document.addEventListener("languagechosen", () => {
  near.forEach(paint);
  for (const data of document.querySelectorAll("details.data")) { data.querySelector(".scroll")?.remove(); if (data.open) tabulate(data); }
});

async function tabulate(data) {
  if (data.querySelector(".scroll")) return;
  const { heads, rows } = told(await unpack(data.parentElement.dataset.csv));
  if (data.querySelector(".scroll")) return;
  const frame = made("div", undefined, { class: "scroll", role: "region", tabindex: "0", "aria-label": say("图的数据", "data of the figure") });
  const table = frame.appendChild(made("table"));
  const top = table.createTHead().insertRow();
  for (const head of heads) top.append(made("th", head, { scope: "col" }));
  const body = table.createTBody();
  for (const { cells } of rows) {
    const line = body.insertRow();
    for (const text of cells) line.insertCell().textContent = text;
    const unit = cells.map((text) => byName.get(text)).find(Boolean);
    if (unit) line.className = `unit-${unit.key}`;
  }
  data.append(frame);
}

for (const data of document.querySelectorAll("details.data")) data.addEventListener("toggle", () => { if (data.open) tabulate(data); });

// --- tooltips: what the data of the figure say of a unit -------------------------------------------------------
const tip = document.body.appendChild(made("div", undefined, { class: "tip", role: "tooltip", hidden: "" }));

async function point(event) {
  const mark = event.target.closest?.('.picture [data-unit]');
  if (!mark) { tip.hidden = true; return; }
  const unit = byName.get(mark.dataset.unit);
  if (!unit) return;
  const { heads, rows } = told(await unpack(mark.closest("figure").dataset.csv));
  const own = rows.filter(({ raw }) => raw.includes(unit.zh) || raw.includes(unit.en)).slice(0, 4);
  tip.replaceChildren(made("b", title(unit)));
  if (mark.dataset.tip) tip.append(made("div", mark.dataset.tip));
  for (const { cells } of own) tip.append(made("div", cells.map((text, i) => (text === "—" || text === title(unit) ? "" : `${heads[i]} ${text}`)).filter(Boolean).slice(0, 8).join(" · ")));
  tip.hidden = false;
  tip.style.left = `${Math.max(6, Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 6))}px`;
  tip.style.top = `${Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 6)}px`;
}
document.addEventListener("pointermove", point);
document.addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });

// --- saving: the picture as drawn, or as PNG with the font inside, and its data ----------------------------------
const fontRules = () => [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule instanceof CSSFontFaceRule).map((rule) => rule.cssText).join("");

// a document of texts is saved as it stands on the page, inside an SVG
function document_(figure) {
  const card = figure.querySelector(`.set.${root.lang}`);
  const [width, height] = [card.offsetWidth, card.offsetHeight + 8];
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).map((rule) => rule.cssText).join("");
  const body = new XMLSerializer().serializeToString(card).replace(/^<div /, `<div style="background:#fff;padding:4px" `);
  const style = new XMLSerializer().serializeToString(made("style", rules));
  return { width, height, svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><foreignObject width="100%" height="100%"><html xmlns="http://www.w3.org/1999/xhtml" lang="${root.lang}" data-theme="light">${style}<body>${body}</body></html></foreignObject></svg>` };
}

async function complete(figure) {
  const box = figure.querySelector(".picture");
  if (!box) return document_(figure);
  await paint(box);
  const parsed = new DOMParser().parseFromString(plain.get(box), "image/svg+xml").documentElement;
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = fontRules();
  parsed.prepend(style);
  parsed.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const [width, height] = box.style.aspectRatio.split("/").map(Number);
  return { width, height, svg: new XMLSerializer().serializeToString(parsed) };
}

function picture(svg) {
  return new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = failed;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  });
}

async function png(figure) {
  const { width, height, svg } = await complete(figure);
  const image = await picture(svg);
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * 3, height * 3];
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-save], [data-cite]");
  if (!button) return;
  const figure = button.closest("figure");
  const kind = button.dataset.save;
  const name = `${figure.id}.${root.lang}.${kind}`;
  if (button.dataset.cite) {
    const cite = document.getElementById("cite");
    const whole = (cite.querySelector(`.${root.lang}`) ?? cite).textContent;
    await copy(button, `${whole} ${heading(figure.id)}. ${location.href.split(/[?#]/)[0]}#${figure.id}`);
  } else if (kind === "csv") save(`${figure.id}.csv`, await unpack(figure.dataset.csv), "text/csv");
  else if (kind === "svg") save(name, (await complete(figure)).svg, "image/svg+xml");
  else save(name, await png(figure), "image/png");
});

addEventListener("beforeprint", () => pictures.forEach(paint));

// --- two to four units side by side ------------------------------------------------------------------------------
(() => {
  const panel = document.getElementById("compare");
  const source = document.getElementById("explorer-state");
  if (!panel || !source) return;
  const state = JSON.parse(source.textContent);
  const { build, ranked } = engine(state);
  const scores = build(new Map(state.nodes.map((node) => [node.code, node.open])));
  let chosen = [];

  function table() {
    panel.hidden = !chosen.length;
    const units = chosen.map((key) => state.units.findIndex((unit) => unit.key === key)).filter((row) => row >= 0);
    const box = panel.querySelector(".chosen");
    box.replaceChildren(...units.flatMap((row) => { const button = made("button", `${title(state.units[row])} ×`, { type: "button", "data-compare": state.units[row].key }); return [button, " "]; }));
    const made_ = panel.querySelector("table");
    made_.replaceChildren();
    if (units.length < 2) return;
    const top = made_.createTHead().insertRow();
    for (const text of [say("得分（名次）", "Score (rank)"), ...units.map((row) => title(state.units[row]))]) top.append(made("th", text, { scope: "col" }));
    const body = made_.createTBody();
    const line = (name, cells, depth) => {
      const row = body.insertRow();
      const head = made("th", name, { scope: "row" });
      head.style.paddingLeft = `${depth}rem`;
      row.append(head);
      const numbers = cells.map((cell) => cell[0]);
      cells.forEach(([value, text]) => { const cell = row.insertCell(); cell.textContent = text; if (value !== null && value === Math.max(...numbers.filter((one) => one !== null))) cell.className = "best"; });
    };
    if (units.some((row) => state.units[row].published !== undefined)) line(say("公布名次", "Published rank"), units.map((row) => [state.units[row].published === undefined ? null : -state.units[row].published, state.units[row].published ?? "—"]), 0);
    const depth = (node) => (node.parent === state.root ? 0.8 : 0.8 + depth(state.nodes.find((other) => other.code === node.parent)));
    const cells = (code) => { const places = new Map(ranked(scores.get(code)).map((row) => [row.row, row.place])); return units.map((row) => { const value = scores.get(code)[row]; return value === null ? [null, "—"] : [value, `${value.toFixed(state.places)} (${places.get(row)})`]; }); };
    line(say("总指数", "Index"), cells(state.root), 0);
    for (const node of state.nodes.filter((one) => one.parent === state.root)) {
      const visit = (one) => { line(title(one), cells(one.code), depth(one)); state.nodes.filter((other) => other.parent === one.code).forEach(visit); };
      visit(node);
    }
  }

  function restore() {
    const [place, kept] = location.hash.slice(1).split("/", 2);
    if (place !== "compare" || !kept) return;
    chosen = kept.split(",").filter((key) => state.units.some((unit) => unit.key === key)).slice(0, 4);
    table();
    panel.scrollIntoView();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-compare]");
    if (!button) return;
    const key = button.dataset.compare;
    chosen = chosen.includes(key) ? chosen.filter((other) => other !== key) : [...chosen, key].slice(-4);
    table();
    try { history.replaceState(null, "", `#compare/${chosen.join(",")}`); } catch { /* the choice holds until the page is closed */ }
    if (chosen.length > 1) panel.scrollIntoView();
  });
  document.addEventListener("languagechosen", table);
  addEventListener("hashchange", restore);
  restore();
})();
