"use strict";
// Moves the weights of the chart, and says in text what the chart shows. The ranking itself is the chart's.
(async () => {
  const source = document.getElementById("explorer-state");
  if (!source) return;
  const { spec, families, columns, places } = JSON.parse(source.textContent);
  const nodes = families.flat();
  const weights = new Map(nodes.map((node) => [node.signal, node.opening]));
  const input = (node) => document.getElementById(`slider-${node.signal}`);
  // ast: expressions are interpreted, so the policy of the page can forbid to make code from text
  const options = { mode: "vega", actions: false, ast: true, defaultStyle: false, renderer: "svg", tooltip: false };
  const { view } = await vegaEmbed("#explorer-chart", spec, options);
  const dataset = spec.marks.find((mark) => mark.type === "text").from.data;
  const status = document.getElementById("explorer-status");
  const body = document.querySelector("#explorer-table tbody");
  let announcing = 0;

  const moved = () => nodes.filter((node) => weights.get(node.signal) !== node.opening);

  function cell(kind, text) {
    const element = document.createElement(kind);
    element.textContent = text;
    if (kind === "th") element.scope = "row";
    return element;
  }

  function fill(rows) {
    body.replaceChildren(
      ...rows.map((row) => {
        const line = document.createElement("tr");
        // outward, as everywhere: what is written excludes no score that is possible
        const [low, high] = [Math.floor(row.low * 10 + 1e-8) / 10, Math.ceil(row.high * 10 - 1e-8) / 10];
        const bounds = row.low === null ? "—" : `${low.toFixed(1)}–${high.toFixed(1)}`;
        line.append(cell("td", row.place), cell("th", row.name), cell("td", row.score.toFixed(places)));
        if (columns.published) line.append(cell("td", row.published ?? "—"));
        if (columns.bounds) line.append(cell("td", bounds));
        line.append(cell("td", row.move));
        return line;
      }),
    );
  }

  function shares() {
    for (const family of families) {
      const total = family.reduce((sum, node) => sum + weights.get(node.signal), 0);
      for (const node of family) {
        const share = total > 0 ? `${((100 * weights.get(node.signal)) / total).toFixed(1)}%` : "—";
        document.getElementById(`share-${node.signal}`).textContent = share;
        input(node).setAttribute("aria-valuetext", share);
      }
    }
  }

  function announce(rows) {
    clearTimeout(announcing);
    announcing = setTimeout(async () => {
      const first = rows.slice(0, 5).map((row) => `${row.place} ${row.name}`);
      if (!rows.length) status.textContent = say("至少一个权重须大于零。", "At least one weight of each group must be above zero.");
      else status.textContent = `${say("前五名", "First five")}: ${first.join(say("，", ", "))}`;
    }, 400);
  }

  async function update() {
    for (const [signal, value] of weights) view.signal(signal, value);
    await view.signal("language", document.documentElement.lang).runAsync();
    const rows = [...view.data(dataset)].sort((a, b) => a.row - b.row);
    const state = moved().map((node) => `${encodeURIComponent(node.code)}=${weights.get(node.signal)}`);
    document.getElementById("explorer-link").href = `#explorer${state.length ? `/${state.join("&")}` : ""}`;
    shares();
    fill(rows);
    announce(rows);
  }

  function set(values) {
    for (const node of nodes) {
      weights.set(node.signal, input(node).disabled ? node.opening : (values.get(node.code) ?? node.opening));
      input(node).value = weights.get(node.signal);
    }
    return update();
  }

  function restore() {
    const [place, state] = location.hash.slice(1).split("/", 2);
    if (place !== "explorer" || !state) return;
    const values = [...new URLSearchParams(state)].map(([code, value]) => [code, Number(value)]);
    set(new Map(values.filter(([, value]) => value >= 0 && value <= 100)));
    document.getElementById("explorer").scrollIntoView();
  }

  for (const node of nodes) {
    input(node).addEventListener("input", (event) => {
      weights.set(node.signal, Number(event.target.value));
      update();
    });
  }
  document.getElementById("explorer-reset").addEventListener("click", () => set(new Map()));
  document.addEventListener("languagechosen", update);
  addEventListener("hashchange", restore);
  await update();
  restore();
})();
