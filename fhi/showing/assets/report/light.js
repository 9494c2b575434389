"use strict";
// Pages without an explorer: language, light and dark, sorting by a click on a head.
const root = document.documentElement;
const given = new URLSearchParams(location.search);
function keep(name, value) {
  const address = new URL(location.href);
  if (value) address.searchParams.set(name, value);
  else address.searchParams.delete(name);
  try { history.replaceState(null, "", address); } catch { /* the choice holds until the page is closed */ }
}
function show(language) {
  root.lang = language;
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === language));
}
function sort(head) {
  const up = head.getAttribute("aria-sort") !== "ascending";
  const table = head.closest("table");
  for (const other of table.querySelectorAll("th[aria-sort]")) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const value = (row) => row.cells[head.cellIndex].dataset.value ?? row.cells[head.cellIndex].innerText.trim();
  const rows = [...table.tBodies[0].rows].sort((a, b) => (up ? 1 : -1) * value(a).localeCompare(value(b), root.lang, { numeric: true }));
  table.tBodies[0].append(...rows);
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.language) { show(button.dataset.language); keep("lang", button.dataset.language === "zh" ? "" : button.dataset.language); }
  if (button.id === "theme") {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    keep("theme", root.dataset.theme);
  }
  if (button.matches(".sort")) sort(button.closest("th"));
});
if (["light", "dark"].includes(given.get("theme"))) root.dataset.theme = given.get("theme");
if (given.get("lang") === "en") show("en");
