"use strict";
// Builds the index anew by the rules of the engine: normalise, weigh, aggregate, rank; then draws and tells it.
function engine(state) {
  const below = new Map();
  for (const node of state.nodes) below.set(node.parent, [...(below.get(node.parent) ?? []), node]);
  const count = state.units.length;
  const valid = (value) => value !== null && !Number.isNaN(value);

  function scaled(node, kind) {
    if (kind === "own") return state.own[node.code];
    const column = state.treated[node.code].map((value) => (valid(value) ? value * node.direction : null));
    const known = column.filter(valid);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    if (low === high && kind !== "rank") throw { constant: node };
    const each = (rule) => column.map((value) => (valid(value) ? rule(value) : null));
    if (kind === "rank") {
      const factor = (count - 1) / Math.max(known.length - 1, 1);
      return each((value) => 1 + known.filter((other) => other < value).length * factor);
    }
    if (kind === "z-score") {
      const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
      const sd = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length - 1));
      return each((value) => 100 + (10 * (value - mean)) / sd);
    }
    const start = kind === "min-max-1" ? 1 : 0;
    return each((value) => start + ((100 - start) * (value - low)) / (high - low));
  }

  const rules = {
    arithmetic: [(total, weight, score) => total + weight * score, (total) => total],
    geometric: [(total, weight, score) => total + weight * Math.log(score), Math.exp],
    harmonic: [(total, weight, score) => total + weight / score, (total) => 1 / total],
  };

  function mean(parent, family, scores, points, level, chosen) {
    const name = chosen === "own" ? state.means[level] : chosen;
    const [add, end] = rules[name];
    const sum = family.reduce((total, node) => total + points.get(node.code), 0);
    if (!(sum > 0)) throw { zero: parent };
    const shares = family.map((node) => points.get(node.code) / sum);
    const least = (state.least[level] ?? 0) * shares.reduce((total, share) => total + share, 0) - 1e-12;
    return state.units.map((unit, row) => {
      const present = shares.map((share, i) => (valid(scores[i][row]) ? share : 0));
      const covered = present.reduce((total, share) => total + share, 0);
      if (!(covered > 0 && covered >= least)) return null;
      let total = 0;
      for (let i = 0; i < family.length; i += 1) {
        if (!(present[i] > 0)) continue;
        if (name !== "arithmetic" && scores[i][row] <= 0) throw { unit, node: family[i], name };
        total = add(total, present[i] / covered, scores[i][row]);
      }
      return end(total);
    });
  }

  function build(points, chosen = "own", scale = "own") {
    const found = new Map();
    const visit = (code, level) => {
      const family = below.get(code);
      const scores = family.map((node) => (below.has(node.code) ? visit(node.code, level + 1) : scaled(node, scale)));
      family.forEach((node, i) => found.set(node.code, scores[i]));
      return mean(code, family, scores, points, level, chosen);
    };
    return found.set(state.root, visit(state.root, 0));
  }

  function rounded(score) {
    if (state.decimals === null || !valid(score)) return score;
    const power = 10 ** state.decimals;
    return (Math.sign(score) * Math.floor(Math.abs(score) * power + 0.5 + state.slack)) / power;
  }

  function ranked(scores) {
    const rows = scores.map((score, row) => ({ ...state.units[row], row, score, shared: rounded(score) })).filter((row) => valid(row.score));
    for (const row of rows) row.place = 1 + rows.filter((other) => other.shared > row.shared).length;
    return rows.sort((a, b) => a.place - b.place || (a.opening ?? Infinity) - (b.opening ?? Infinity) || a.row - b.row);
  }

  function tau(rows) {
    const known = rows.filter((row) => row.published !== undefined);
    let [both, first, second] = [0, 0, 0];
    for (const a of known) {
      for (const b of known) {
        const [x, y] = [Math.sign(a.shared - b.shared), Math.sign(b.published - a.published)];
        both += x * y;
        first += x * x;
        second += y * y;
      }
    }
    return first && second ? both / Math.sqrt(first * second) : null;
  }
  return { below, build, ranked, tau };
}

(() => {
  const source = document.getElementById("explorer-state");
  if (!source) return;
  const state = JSON.parse(source.textContent);
  const { below, build, ranked, tau } = engine(state);
  const nodes = new Map(state.nodes.map((node) => [node.code, node]));
  const opening = new Map(state.nodes.map((node) => [node.code, node.open]));
  const points = new Map(opening);
  const chosen = { mean: "own", scale: "own" };
  const by = (id) => document.getElementById(id);
  const input = (code) => by(`slider-${code}`);
  const status = by("explorer-status");
  const name = (thing) => say(thing.zh, thing.en);
  const first = tau(ranked(build(opening).get(state.root)));
  let telling = 0;

  const families = () => [...below.values()];
  const moved = () => [...points].filter(([code, value]) => Math.abs(value - opening.get(code)) > 1e-9);
  const short = (value) => String(Math.round(value * 100) / 100);

  function shares() {
    for (const family of families()) {
      const total = family.reduce((sum, node) => sum + points.get(node.code), 0);
      for (const node of family) {
        const text = total > 0 ? `${((100 * points.get(node.code)) / total).toFixed(1)}%` : "—";
        by(`share-${node.code}`).textContent = text;
        input(node.code).setAttribute("aria-valuetext", text);
      }
    }
  }

  function trouble(fault) {
    const parent = nodes.get(fault.zero);
    if (fault.zero !== undefined) return parent ? say(`“${parent.zh}”之下的权重全为零：至少一项须大于零。`, `All weights below ${parent.en} are zero: at least one must be above zero.`) : say("各维度的权重全为零：至少一项须大于零。", "All pillar weights are zero: at least one must be above zero.");
    if (fault.constant) return say(`“${fault.constant.zh}”各值相同，不能用这种方法标准化。`, `${fault.constant.en} is constant and cannot be normalised in this way.`);
    if (fault.unit) return say(`几何与调和平均要求得分为正；${fault.unit.zh}的“${fault.node.zh}”不为正。请改用极差1–100。`, `Geometric and harmonic means need positive scores; ${fault.node.en} of ${fault.unit.en} is not. Choose min–max 1–100.`);
    throw fault;
  }

  const arrow = (row) => (row.opening === undefined || row.opening === row.place ? "–" : row.opening > row.place ? `▲${row.opening - row.place}` : `▼${row.place - row.opening}`);
  const outside = (row) => bands() && row.low !== undefined && (row.score < row.low - 1e-9 || row.score > row.high + 1e-9);
  const bands = () => state.hundred && (chosen.scale === "own" || chosen.scale === "min-max");

  function mark(kind, attributes, text) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", kind);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function draw(rows) {
    const box = by("explorer-chart");
    const width = Math.max(box.clientWidth, 280);
    const narrow = width < 520;
    const printed = rows.filter((row) => row.published !== undefined).sort((a, b) => a.published - b.published || a.place - b.place);
    const lines = printed.length > 1;
    const step = 21;
    const at = (i) => 12 + i * step;
    const widest = rows.reduce((most, row) => { const text = name(row); let size = 0; for (const letter of text) size += letter > "\u2e7f" ? 13 : 7; return Math.max(most, size); }, 40);
    const names = Math.min(widest + 8, narrow ? 96 : 190);
    const left = lines ? (narrow ? 22 : names + 26) : 0;
    const right = lines ? left + (narrow ? 34 : 64) : 0;
    const start = right + 30 + names;
    const end = width - (narrow ? 78 : 96);
    const scores = rows.map((row) => row.score);
    const [low, high] = state.hundred && bands() ? [0, 100] : [Math.min(0, ...scores), Math.max(...scores)];
    const x = (score) => start + ((end - start) * (score - low)) / (high - low || 1);
    const chart = mark("svg", { viewBox: `0 0 ${width} ${rows.length * step + 6}`, width, height: rows.length * step + 6, role: "group", "aria-labelledby": "explorer explorer-about" });
    printed.forEach((row, i) => {
      if (!lines) return;
      const group = mark("g", { class: `unit unit-${row.key}` });
      const down = row.place > row.published;
      const to = rows.indexOf(row);
      group.append(mark("path", { class: `line ${down ? "fall" : to === i ? "same" : "rise"}`, d: `M${left + 3} ${at(i)}C${(left + right) / 2} ${at(i)} ${(left + right) / 2} ${at(to)} ${right + 2} ${at(to)}` }));
      group.append(mark("text", { x: left, y: at(i) + 4, class: "muted end" }, narrow ? row.published : `${name(row)} ${row.published}`));
      chart.append(group);
    });
    rows.forEach((row, i) => {
      const group = mark("g", { class: `unit unit-${row.key}` });
      if (bands() && row.low !== undefined) group.append(mark("rect", { class: "band", x: x(row.low), y: at(i) - 7, width: Math.max(x(row.high) - x(row.low), 1), height: 14 }));
      group.append(mark("rect", { class: outside(row) ? "bar-mark out" : "bar-mark", x: x(Math.min(0, row.score) < 0 ? row.score : Math.max(low, 0)), y: at(i) - 4, width: Math.max(Math.abs(x(row.score) - x(Math.max(low, 0))), 0.5), height: 8 }));
      group.append(mark("text", { x: right + 22, y: at(i) + 4, class: "place end" }, row.place));
      const label = mark("text", { x: right + 28, y: at(i) + 4, class: "name" }, name(row));
      if (widest + 8 > names && name(row).length > names / 7) { label.setAttribute("textLength", names - 6); label.setAttribute("lengthAdjust", "spacingAndGlyphs"); }
      group.append(label);
      group.append(mark("text", { x: width - 40, y: at(i) + 4, class: "end" }, row.score.toFixed(state.places)));
      group.append(mark("text", { x: width - 4, y: at(i) + 4, class: arrow(row)[0] === "▲" ? "up end" : "down end" }, arrow(row)));
      if (outside(row)) group.append(mark("title", {}, say("得分在公布的数字容许的区间之外", "score outside the interval that the published numbers allow")));
      chart.append(group);
    });
    box.replaceChildren(chart);
  }

  function fill(rows) {
    const cell = (kind, text) => { const made = document.createElement(kind); made.textContent = text; if (kind === "th") made.scope = "row"; return made; };
    const printed = state.units.some((unit) => unit.published !== undefined);
    document.querySelector("#explorer-table tbody").replaceChildren(
      ...rows.map((row) => {
        const line = document.createElement("tr");
        line.className = `unit-${row.key}`;
        line.append(cell("td", row.place), cell("th", name(row)), cell("td", row.score.toFixed(state.places)));
        if (printed) line.append(cell("td", row.published ?? "—"));
        line.append(cell("td", arrow(row)));
        return line;
      }),
    );
  }

  function why(rows) {
    const found = rows.filter(outside);
    const some = found.slice(0, 5).map(name).join(say("、", ", "));
    by("explorer-outside").textContent = found.length
      ? say(`${some}${found.length > 5 ? `等${found.length}个` : ""}的得分在浅色带之外：浅色带只由报告公布的数字推得，条由报告数值和公开数据重建，两者的数据不同。`,
        `${some}${found.length > 5 ? ` and ${found.length - 5} more` : ""} lie outside the light band: the band follows from the report's published numbers, the bar is rebuilt from the report's values and public data; the two rest on different data.`)
      : "";
  }

  function yaml() {
    const lines = [say("# 存为 notebooks/scenarios/<名称>.yml，再运行 make report SCENARIO=<名称>", "# save as notebooks/scenarios/<name>.yml, then run make report SCENARIO=<name>")];
    lines.push(`base: ${state.scenario}`, "description: {zh: 权重探索器中的自定权重, en: Weights from the explorer}");
    if (moved().length) {
      lines.push("weighting: {method: original}", "weights:");
      for (const [code, value] of points) lines.push(`  ${code}: ${Number(value.toFixed(6))}`);
    }
    if (chosen.mean !== "own") lines.push(`aggregation: ${chosen.mean}`);
    const scales = { "min-max": "{method: min-max, scale: [0, 100]}", "min-max-1": "{method: min-max, scale: [1, 100]}", "z-score": "{method: z-score, mean: 100, sd: 10}", rank: "rank" };
    if (chosen.scale !== "own") lines.push(`normalisation: ${scales[chosen.scale]}`);
    return `${lines.join("\n")}\n`;
  }

  function update() {
    let rows = [];
    let fault = "";
    try {
      rows = ranked(build(points, chosen.mean, chosen.scale).get(state.root));
    } catch (error) {
      fault = trouble(error);
    }
    const parts = moved().map(([code, value]) => `${encodeURIComponent(code)}=${short(value)}`);
    if (chosen.mean !== "own") parts.push(`aggregation=${chosen.mean}`);
    if (chosen.scale !== "own") parts.push(`normalisation=${chosen.scale}`);
    by("explorer-link").href = `#explorer${parts.length ? `/${parts.join("&")}` : ""}`;
    by("explorer-yaml").textContent = yaml();
    shares();
    draw(rows);
    fill(rows);
    why(rows);
    for (const button of document.querySelectorAll("[data-preset]")) {
      const weights = preset(button.dataset.preset);
      const same = chosen.mean === "own" && chosen.scale === "own" && [...weights].every(([code, value]) => Math.abs(points.get(code) - value) < 0.006);
      button.setAttribute("aria-pressed", String(same));
    }
    const now = tau(rows);
    const agreement = now === null || first === null ? "" : say(`与公布名次的Kendall τ-b：${now.toFixed(2)}（本方案${first.toFixed(2)}）。`, `Kendall's τ-b with the published order: ${now.toFixed(2)} (own: ${first.toFixed(2)}). `);
    const leading = rows.slice(0, 5).map((row) => `${row.place} ${name(row)}`).join(say("，", ", "));
    clearTimeout(telling);
    if (fault) status.textContent = fault;
    else telling = setTimeout(() => { status.textContent = `${agreement}${say("前五名", "First five")}: ${leading}`; }, 60);
    document.dispatchEvent(new Event("drawn"));
  }

  function preset(key) {
    return key === "own" ? opening : new Map([...opening].map(([code, value]) => [code, state.presets[key][code] ?? value]));
  }

  function set(values, mean = "own", scale = "own") {
    for (const [code, value] of opening) {
      points.set(code, input(code).disabled ? value : (values.get(code) ?? value));
      input(code).value = points.get(code);
    }
    Object.assign(chosen, { mean, scale });
    by("explorer-mean").value = mean;
    if (by("explorer-scale")) by("explorer-scale").value = scale;
    update();
  }

  function restore() {
    const [place, kept] = location.hash.slice(1).split("/", 2);
    if (place !== "explorer" || !kept) return;
    const given = new URLSearchParams(kept);
    const values = [...given].map(([code, value]) => [code, Number(value)]).filter(([, value]) => value >= 0 && value <= 100);
    const option = (id, key) => ([...(by(id)?.options ?? [])].some((one) => one.value === given.get(key)) ? given.get(key) : "own");
    set(new Map(values), option("explorer-mean", "aggregation"), option("explorer-scale", "normalisation"));
    by("explorer").scrollIntoView();
  }

  for (const code of opening.keys()) {
    input(code).addEventListener("input", (event) => {
      points.set(code, Number(event.target.value));
      update();
    });
  }
  for (const [id, key] of [["explorer-mean", "mean"], ["explorer-scale", "scale"]]) {
    by(id)?.addEventListener("change", (event) => { chosen[key] = event.target.value; update(); });
  }
  for (const button of document.querySelectorAll("[data-preset]")) button.addEventListener("click", () => set(preset(button.dataset.preset)));
  by("explorer-reset").addEventListener("click", () => set(new Map()));
  by("explorer-scenario").addEventListener("click", (event) => {
    by("explorer-yaml").hidden = !by("explorer-yaml").hidden;
    event.currentTarget.setAttribute("aria-expanded", String(!by("explorer-yaml").hidden));
  });
  document.addEventListener("languagechosen", update);
  addEventListener("hashchange", restore);
  let drawn = 0;
  new ResizeObserver(([entry]) => {
    if (Math.abs(entry.contentRect.width - drawn) > 1) update();
    drawn = entry.contentRect.width;
  }).observe(by("explorer-chart"));
  update();
  restore();
})();
