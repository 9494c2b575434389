"use strict";
// The page without this script is whole, in Chinese; it adds the other language, the search and the printing.
const pageState = JSON.parse(document.getElementById("page-state").textContent);
const switches = [...document.querySelectorAll("[data-language]")];
const found = document.getElementById("found");
const say = (zh, en) => (document.documentElement.lang === "zh" ? zh : en);

async function unpack(image) {
  const bytes = Uint8Array.from(atob(image.dataset.packed), (character) => character.charCodeAt(0));
  delete image.dataset.packed;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  image.src = "data:image/svg+xml," + encodeURIComponent(await new Response(stream).text());
}

function show(language) {
  document.documentElement.lang = language;
  for (const button of switches) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  for (const image of document.querySelectorAll(`img.${language}[data-packed]`)) unpack(image);
  search();
  document.dispatchEvent(new Event("languagechosen"));
}

function link(target, text) {
  const anchor = document.createElement("a");
  anchor.href = `#${target}`;
  anchor.textContent = text;
  return anchor;
}

function title(id) {
  const target = document.getElementById(id);
  const heading = target.querySelector("h3") ?? target;
  const own = heading.querySelector(`:scope > .${document.documentElement.lang}`);
  return (own ?? heading).textContent;
}

function entry(place) {
  const box = document.createElement("div");
  const name = document.createElement("b");
  name.textContent = say(place.zh, place.en);
  const items = place.section ? [link(place.section, say("专节", "its section"))] : [];
  items.push(...place.mentions.map((id) => link(id, title(id))));
  box.append(name, " ", ...items.flatMap((item) => [item, " · "]).slice(0, -1));
  const figures = place.mentions.filter((id) => document.getElementById(id).tagName === "FIGURE");
  if (figures.length) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = say("只看这些图", "Show only these figures");
    button.addEventListener("click", () => only(figures));
    box.append(" ", button);
  }
  return box;
}

function only(figures) {
  const chosen = figures && new Set(figures);
  for (const figure of document.querySelectorAll("figure")) figure.hidden = Boolean(chosen) && !chosen.has(figure.id);
}

function search() {
  const words = document.getElementById("find").value.trim().toLowerCase();
  only(null);
  found.hidden = !words;
  found.replaceChildren();
  if (!words) return;
  const hits = pageState.places.filter((place) => `${place.zh} ${place.en}`.toLowerCase().includes(words));
  if (hits.length) found.append(...hits.slice(0, 4).map(entry));
  else found.textContent = say("没有这个城市", "No such city");
}

function reveal() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target) return;
  if (target.hidden) only(null);
  for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  target.scrollIntoView();
}

for (const button of switches) button.addEventListener("click", () => show(button.dataset.language));
document.getElementById("find").addEventListener("input", search);
// what was found would cover what it leads to; the field brings it back
found.addEventListener("click", (event) => { if (event.target.closest("a")) found.hidden = true; });
document.getElementById("find").addEventListener("focus", (event) => { found.hidden = !event.target.value.trim(); });
document.getElementById("find").addEventListener("keydown", (event) => {
  if (event.key === "Enter") found.querySelector("a")?.click();
  if (event.key === "Escape") event.target.value = "";
  if (event.key === "Escape") search();
});
addEventListener("hashchange", reveal);
addEventListener("beforeprint", () => {
  for (const box of document.querySelectorAll("details.city")) box.open = true;
});
if (new URLSearchParams(location.search).get("lang") === "en") show("en");
reveal();
