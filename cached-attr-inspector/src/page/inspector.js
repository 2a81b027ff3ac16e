"use strict";
// All text goes through textContent, and the page's policy allows no markup to be made from text.

const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const KEPT = 180; // seconds of history
const SHORTEST = 60; // seconds that a chart shows at least
const RECENT = 10; // seconds that a rate is averaged over
const KINDS = [
  ["hits", "hits", "--hit"],
  ["collapsed", "collapsed", "--collapsed"],
  ["loads", "loads", "--load"],
  ["stale", "stale", "--stale"],
  ["bypassed", "bypassed", "--bypass"],
];

// --- words ---------------------------------------------------------------------------------------------------------

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat("en");
const count = (n) => (n < 10000 ? whole.format(Math.round(n)) : compact.format(n));
const rate = (n) => (n === 0 ? "0" : n < 0.1 ? "<0.1" : n < 10 ? n.toFixed(1) : count(n));
const percent = (part) => (part === null ? "–" : part === 1 ? "100%" : (Math.floor(part * 1000) / 10).toFixed(1) + "%");

function time(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms < 1) return Math.round(ms * 1000) + " µs";
  if (ms < 10) return ms.toFixed(1) + " ms";
  if (ms < 1000) return Math.round(ms) + " ms";
  if (ms < 60e3) return (ms / 1e3).toFixed(1) + " s";
  if (ms < 3600e3) return Math.floor(ms / 60e3) + " min " + Math.floor((ms % 60e3) / 1e3) + " s";
  if (ms < 48 * 3600e3) return (ms / 3600e3).toFixed(1) + " h";
  return count(ms / 86400e3) + " days";
}
const millis = (d) => (d ? d.secs * 1e3 + d.nanos / 1e6 : null);

// --- elements ------------------------------------------------------------------------------------------------------

function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function svg(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// Only what has changed is written: what the reader has selected stays selected.
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function dot(color) {
  const made = el("i");
  made.style.background = `var(${color})`;
  return made;
}

// --- history -------------------------------------------------------------------------------------------------------

const histories = new Map();

function remember(id, clock, stats) {
  const kept = histories.get(id) || [];
  const last = kept.at(-1);
  if (last && clock <= last.clock) kept.length = 0; // another process
  kept.push({ clock, stats });
  if (kept.length > KEPT + 1) kept.shift();
  histories.set(id, kept);
  return kept;
}

// Each call is counted in one of these, by what its lookup came to.
const CALLS = ["hits", "misses", "bypassed", "stale_in_pause", "stale_while_revalidate"];
const calls = (by) => CALLS.reduce((sum, field) => sum + by(field), 0);

// The steps from one snapshot to the next: seconds, and what was counted in them.
function steps(kept) {
  const found = [];
  for (let n = 1; n < kept.length; n++) {
    const before = kept[n - 1], after = kept[n];
    const by = (field) => Math.max(0, after.stats[field] - before.stats[field]);
    found.push({ seconds: (after.clock - before.clock) / 1e3, by });
  }
  return found;
}

function over(kept, seconds) {
  const recent = kept.slice(-(seconds + 1));
  const first = recent[0], last = recent.at(-1);
  const long = (last.clock - first.clock) / 1e3;
  const by = (field) => Math.max(0, last.stats[field] - first.stats[field]);
  const per = (field) => (long > 0 ? by(field) / long : 0);
  const times = last.stats.load_times.map((loads, n) => Math.max(0, loads - first.stats.load_times[n]));
  return { by, per, times };
}

const ratioOf = (by) => {
  const lookups = by("hits") + by("misses");
  return lookups > 0 ? by("hits") / lookups : null;
};

// Of the last minute, or since the start where it was quiet.
function ratio(kept) {
  const minute = ratioOf(over(kept, 60).by);
  const since = ratioOf((field) => kept.at(-1).stats[field]);
  return minute === null ? { part: since, span: "since the start" } : { part: minute, span: "in the last minute" };
}

let bounds = [];
function quantile(times, part) {
  const all = times.reduce((sum, loads) => sum + loads, 0);
  if (all === 0) return null;
  let seen = 0;
  const rank = Math.max(1, Math.ceil(all * part));
  const bucket = times.findIndex((loads) => (seen += loads) >= rank);
  return bounds[Math.min(bucket, bounds.length - 1)];
}

// --- charts --------------------------------------------------------------------------------------------------------

function chart(width, height) {
  const made = svg("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  return { made, width, height };
}

function path(chart, index, attributes) {
  const paths = chart.made.childNodes;
  if (!paths[index]) chart.made.append(svg("path", { "vector-effect": "non-scaling-stroke", ...attributes }));
  return paths[index];
}

const x = (chart, n, of) => (chart.width * n) / Math.max(1, of - 1);

// A line of parts from 0 to 1, with gaps where there is none, and a soft area below it.
function line(chart, parts, color) {
  const y = (part) => chart.height - 1.5 - part * (chart.height - 3);
  let stroke = "", area = "", from = null;
  parts.forEach((part, n) => {
    if (part === null) return;
    const at = x(chart, n, parts.length).toFixed(1);
    const begins = n === 0 || parts[n - 1] === null;
    if (begins) from = at;
    stroke += `${begins ? "M" : "L"}${at} ${y(part).toFixed(1)}`;
    area += begins ? `M${at} ${chart.height}L${at} ${y(part).toFixed(1)}` : `L${at} ${y(part).toFixed(1)}`;
    const ends = n === parts.length - 1 || parts[n + 1] === null;
    if (ends) {
      area += `L${at} ${chart.height}Z`;
      if (from === at) stroke += `l0.1 0`;
    }
  });
  path(chart, 0, { fill: `var(${color})`, "fill-opacity": ".13" }).setAttribute("d", area);
  const drawn = path(chart, 1, { fill: "none", stroke: `var(${color})`, "stroke-width": "1.8", "stroke-linejoin": "round", "stroke-linecap": "round" });
  drawn.setAttribute("d", stroke);
}

function bars(chart, values, color, most) {
  const wide = chart.width / Math.max(1, values.length);
  const gap = Math.min(1.2, wide * 0.2);
  let drawn = "";
  values.forEach((value, n) => {
    if (!value) return;
    const high = Math.max(1.5, (value / most) * (chart.height - 2));
    drawn += `M${(n * wide + gap / 2).toFixed(2)} ${chart.height}v${(-high).toFixed(1)}h${(wide - gap).toFixed(2)}v${high.toFixed(1)}z`;
  });
  path(chart, 0, { fill: `var(${color})` }).setAttribute("d", drawn);
}

// Bands on top of each other, each a list of rates.
function stack(chart, bands) {
  const long = bands[0].values.length;
  const sums = new Array(long).fill(0);
  const tops = bands.map((band) => band.values.map((value, n) => (sums[n] += value)));
  const most = Math.max(...sums, 0) || 1;
  const y = (value) => (chart.height - (value / most) * (chart.height - 4)).toFixed(1);
  bands.forEach((band, nth) => {
    const top = tops[nth], under = nth ? tops[nth - 1] : new Array(long).fill(0);
    let drawn = "";
    for (let n = 0; n < long; n++) drawn += `${n ? "L" : "M"}${x(chart, n, long).toFixed(1)} ${y(top[n])}`;
    for (let n = long - 1; n >= 0; n--) drawn += `L${x(chart, n, long).toFixed(1)} ${y(under[n])}`;
    // The lowest is most of it: pale, so that the others stand out.
    const shape = path(chart, nth, { fill: `var(${band.color})`, "fill-opacity": nth ? ".85" : ".22" });
    shape.setAttribute("d", long > 1 ? drawn + "Z" : "");
  });
  const edge = path(chart, bands.length, { fill: "none", stroke: `var(${bands[0].color})`, "stroke-width": "1.8", "stroke-linejoin": "round" });
  edge.setAttribute("d", tops[0].map((top, n) => `${n ? "L" : "M"}${x(chart, n, long).toFixed(1)} ${y(top)}`).join(""));
  return Math.max(...sums, 0);
}

function meter(parent, parts, most) {
  parts.forEach(([color, value], n) => {
    const part = parent.childNodes[n] || parent.appendChild(dot(color));
    part.style.width = `${most > 0 ? Math.min(100, (100 * value) / most) : 0}%`;
  });
}

// Latest on the right: a chart that is not full yet is filled up on the left.
const padded = (values, long, filler) => [...new Array(Math.max(0, long - values.length)).fill(filler), ...values.slice(-long)];
const shown = (kept) => Math.min(KEPT, Math.max(SHORTEST, kept.length - 1));
const ago = (kept) => (shown(kept) < 120 ? `${shown(kept)} s ago` : `${(shown(kept) / 60).toFixed(1)} min ago`);

// --- control -------------------------------------------------------------------------------------------------------

let token = null;
let control = false;

const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  token = given;
  history.replaceState(null, "", location.pathname + location.search);
}

function tell(words, bad) {
  $("said").className = bad ? "bad" : "";
  say($("said"), words);
}

async function act(action, cache, done) {
  try {
    const answer = await fetch(location.pathname, {
      method: "POST",
      headers: { "content-type": "application/json", "x-cached-attr-token": token || "" },
      body: JSON.stringify({ action, cache: cache.id }),
    });
    const said = await answer.json();
    if (answer.status === 401) token = null;
    tell(answer.ok ? `${cache.name}: ${done(said)}` : `${cache.name}: ${said.error}`, !answer.ok);
  } catch {
    tell("The process cannot be reached.", true);
  }
  lock();
}

function lock() {
  $("unlock").hidden = !control || token !== null;
  for (const view of views.values()) view.lock();
}

$("unlock").addEventListener("submit", (event) => {
  event.preventDefault();
  token = $("token").value || null;
  $("token").value = "";
  if (token) tell("Controls are unlocked: open a cache.");
  lock();
});

// A button that asks again before it does something.
function twice(button, label, question, act) {
  let timer = null;
  const calm = () => {
    clearTimeout(timer);
    timer = null;
    button.className = "";
    say(button, label);
  };
  button.addEventListener("click", () => {
    if (timer !== null) {
      calm();
      act();
      return;
    }
    button.className = "sure";
    say(button, question());
    timer = setTimeout(calm, 4000);
  });
  calm();
}

// --- one cache -----------------------------------------------------------------------------------------------------

const views = new Map();

class View {
  constructor(cache) {
    this.cache = cache;
    const at = cache.name.lastIndexOf("::");
    this.badges = el("span", { class: "badges" });
    const title = el("b", {}, at < 0 ? cache.name : cache.name.slice(at + 2));
    const below = el("small", {}, at < 0 ? "" : cache.name.slice(0, at));
    const name = el("span", { class: "name", title: cache.name }, el("span", {}, title, this.badges, below));
    this.spark = chart(120, 30);
    this.ratio = figure("hits", "hit ratio");
    this.calls = figure("", "calls/s");
    this.loads = figure("", "loads/s");
    this.slow = figure("slow", "p99 load");
    this.entries = el("b");
    this.capacity = el("small");
    this.meter = el("div", { class: "meter" });
    const room = el("span", { class: "room" }, el("span", {}, this.entries, " ", this.capacity), this.meter);
    const spark = el("span", { class: "spark" }, this.spark.made);
    const figures = [this.ratio, this.calls, this.loads, this.slow].map((it) => it.made);
    this.panel = el("div", { class: "panel" });
    this.made = el("details", {}, el("summary", {}, name, spark, ...figures, room), this.panel);
    this.made.dataset.name = cache.name;
    this.made.addEventListener("toggle", () => this.made.open && this.update(this.cache));
    this.build();
  }

  build() {
    this.ratioChart = chart(240, 84);
    this.loadChart = chart(240, 84);
    this.timeChart = chart(240, 84);
    this.loadMost = el("span");
    this.timeWords = el("span");
    const plot = (it) => el("div", { class: "plot" }, it.made);
    const axis = (...words) => el("div", { class: "axis" }, ...words.map((word) => (typeof word === "string" ? el("span", {}, word) : word)));
    this.since = [el("span"), el("span")];
    this.answers = list(KINDS.map(([field, word, color]) => [field, word, color]));
    this.kept = list([
      ["fresh", "fresh", "--hit"], ["stale", "stale, of use", "--stale"], ["ended", "ended, not freed yet", "--bypass"],
      ["evicted_for_capacity", "evicted: capacity"], ["evicted_expired", "evicted: expired"], ["evicted_idle", "evicted: idle"],
      ["invalidated", "invalidated"],
    ]);
    this.work = list([
      ["running_loads", "running now"], ["oldest", "oldest of them"], ["refreshes", "in the background"],
      ["refreshes_skipped", "skipped there"], ["load_errors", "failed"], ["timed_out", "timed out"],
      ["unshared_errors", "errors not shared"], ["stored", "stored"], ["superseded", "superseded"], ["refused", "refused"],
    ]);
    this.options = el("span", { class: "wide" });
    this.panel.append(
      el("div", {}, el("h3", {}, "Hit ratio", el("span", {}, "100 % at the top")), plot(this.ratioChart), axis(this.since[0], "now")),
      el("div", {}, el("h3", {}, "Loads per second", this.loadMost), plot(this.loadChart), axis(this.since[1], "now")),
      el("div", {}, el("h3", {}, "Load time", this.timeWords), plot(this.timeChart), axis("100 µs", "3 ms", "100 ms", "3 s", "105 s")),
      el("div", {}, el("h3", {}, "Calls, since the start"), this.answers.made),
      el("div", {}, el("h3", {}, "Entries"), this.kept.made),
      el("div", {}, el("h3", {}, "Loads, since the start"), this.work.made),
      this.options,
    );
    this.controls = this.buttons();
  }

  buttons() {
    const clear = el("button", { type: "button", "data-action": "clear" });
    const expire = el("button", { type: "button", "data-action": "expire" }, "Expire all");
    this.toggle = el("button", { type: "button", "data-action": "toggle" });
    const question = () => `Remove ${count(this.cache.stats.entries)} entries?`;
    twice(clear, "Clear", question, () => act("clear", this.cache, (said) => `${count(said.removed)} entries removed`));
    expire.addEventListener("click", () => act("expire", this.cache, () => "every entry is stale now"));
    this.toggle.addEventListener("click", () => {
      const off = this.cache.stats.enabled;
      act(off ? "disable" : "enable", this.cache, () => (off ? "switched off" : "switched on"));
    });
    return [el("span", { class: "gap" }), expire, clear, this.toggle];
  }

  lock() {
    for (const button of this.controls) button.hidden = token === null || !control || this.cache.capacity === null;
  }

  update(cache) {
    this.cache = cache;
    const kept = histories.get(cache.id);
    const stats = cache.stats;
    const recent = over(kept, RECENT);
    this.figures = {
      calls: calls(recent.per),
      loads: recent.per("loads"),
      ratio: ratio(kept).part,
      slow: quantile(recent.times, 0.99) ?? quantile(stats.load_times, 0.99),
    };
    this.badge(cache);
    say(this.ratio.value, percent(this.figures.ratio));
    this.ratio.made.classList.toggle("low", this.figures.ratio !== null && this.figures.ratio < 0.5);
    say(this.calls.value, rate(this.figures.calls));
    say(this.loads.value, rate(this.figures.loads));
    say(this.slow.value, this.figures.slow === null ? "–" : `≤ ${time(this.figures.slow)}`);
    this.made.classList.toggle("quiet", this.figures.calls === 0);
    this.fill(cache);
    const parts = padded(steps(kept).map((step) => ratioOf(step.by)), shown(kept), null);
    line(this.spark, parts.slice(-60), "--hit");
    if (this.made.open) this.detail(cache, kept, parts);
    this.lock();
  }

  badge(cache) {
    const stats = cache.stats;
    const badges = [[`ttl ${cache.ttl}`, ""]];
    if (!stats.enabled) badges.push(["off", "off"]);
    if (cache.capacity === null && calls((field) => stats[field]) === 0) badges.push(["not called yet", ""]);
    if (stats.running_loads > 0) badges.push([`${count(stats.running_loads)} loading`, "run"]);
    const oldest = millis(stats.oldest_load);
    if (oldest > 5000) badges.push([`for ${time(oldest)}`, "bad"]);
    while (this.badges.childNodes.length > badges.length) this.badges.lastChild.remove();
    badges.forEach(([words, kind], n) => {
      const badge = this.badges.childNodes[n] || this.badges.appendChild(el("span"));
      badge.className = `badge ${kind}`;
      say(badge, words);
    });
  }

  fill(cache) {
    const { stats, census, capacity } = cache;
    const weighed = cache.settings.some((setting) => setting.option === "weigh");
    say(this.entries, count(weighed ? stats.weight : stats.entries));
    say(this.capacity, capacity === null ? "" : `of ${count(capacity)}${weighed ? " weight" : ""}`);
    const known = census && !weighed ? census : { fresh: weighed ? stats.weight : stats.entries, stale: 0, ended: 0 };
    meter(this.meter, [["--hit", known.fresh], ["--stale", known.stale], ["--bypass", known.ended]], capacity || 0);
  }

  detail(cache, kept, parts) {
    const { stats, census } = cache;
    line(this.ratioChart, parts, "--hit");
    for (const since of this.since) say(since, ago(kept));
    const loads = padded(steps(kept).map((step) => (step.seconds > 0 ? step.by("loads") / step.seconds : 0)), shown(kept), 0);
    const most = Math.max(...loads);
    bars(this.loadChart, loads, "--load", most || 1);
    say(this.loadMost, most > 0 ? `${rate(most)} at most` : "none in this time");
    bars(this.timeChart, stats.load_times, "--collapsed", Math.max(...stats.load_times, 1));
    const half = quantile(stats.load_times, 0.5), slow = quantile(stats.load_times, 0.99);
    say(this.timeWords, half === null ? "no loads" : `half ≤ ${time(half)}, 99 % ≤ ${time(slow)}`);
    this.answers.show(stats);
    this.kept.show({ ...stats, ...(census || { fresh: null, stale: null, ended: null }) });
    const oldest = millis(stats.oldest_load);
    this.work.show({ ...stats, oldest: oldest === null ? "–" : time(oldest) }, ["load_errors", "timed_out", "unshared_errors"]);
    this.say([["ttl", cache.ttl, cache.ttl_source], ...cache.settings.map((it) => [it.option, it.value])]);
  }

  say(options) {
    const words = options.map(([option, value, from]) => `${option} = ${value}` + (from && from !== "attribute" ? ` (${from})` : ""));
    const all = words.join("\n");
    if (this.said === all) return;
    this.said = all;
    this.options.replaceChildren(...words.map((it) => el("code", {}, it)), ...this.controls);
    this.lock();
  }
}

function figure(kind, word) {
  const value = el("b");
  return { value, made: el("span", { class: `figure ${kind}` }, value, el("small", {}, word)) };
}

function list(rows) {
  const made = el("dl", { class: "list" });
  const values = rows.map(([field, word, color]) => {
    const value = el("dd", { "data-field": field });
    made.append(el("dt", {}, ...(color ? [dot(color)] : []), word), value);
    return [field, value];
  });
  const show = (found, bad = []) => {
    for (const [field, value] of values) {
      const number = found[field];
      say(value, number === null ? "–" : typeof number === "string" ? number : whole.format(number));
      value.className = number && number !== "–" ? (bad.includes(field) ? "bad" : "") : "zero";
    }
  };
  return { made, show };
}

function toggleText(view) {
  say(view.toggle, view.cache.stats.enabled ? "Disable" : "Enable");
}

// --- everything together -------------------------------------------------------------------------------------------

const hero = chart(640, 120);
$("answers").append(hero.made);
const legend = KINDS.map(([, word, color]) => {
  const value = el("b");
  $("legend").append(el("li", {}, dot(color), word + " ", value));
  return value;
});
const tiles = ["calls/s", "loads/s", "load time", "entries", "running loads", "time saved"].map((word) => {
  const value = el("dd"), more = el("dd"), made = el("div", {}, el("dt", {}, word), value, more);
  $("tiles").append(made);
  return (text, further, alert) => {
    say(value, text);
    say(more, further);
    made.className = alert ? "alert" : "";
  };
});

function total(caches) {
  const sum = { load_times: bounds.map(() => 0).concat(0), saved: 0, oldest: null };
  for (const { stats } of caches) {
    for (const [field, value] of Object.entries(stats)) if (typeof value === "number") sum[field] = (sum[field] || 0) + value;
    stats.load_times.forEach((loads, n) => (sum.load_times[n] += loads));
    const answered = stats.load_times.reduce((all, loads) => all + loads, 0);
    if (answered > 0) sum.saved += ((stats.hits + stats.collapsed) * millis(stats.load_time)) / answered;
    const oldest = millis(stats.oldest_load);
    if (oldest !== null) sum.oldest = Math.max(sum.oldest ?? 0, oldest);
  }
  for (const field of [...CALLS, "collapsed", "loads", "stale", "entries"]) sum[field] ??= 0;
  return sum;
}

function together(snapshot) {
  const sum = total(snapshot.caches);
  const kept = remember("", snapshot.clock_ms, sum);
  const found = ratio(kept);
  say($("ratio"), percent(found.part));
  say($("ratio-span"), found.part === null ? "no calls yet" : found.span);
  const all = steps(kept);
  const values = (field) => padded(all.map((step) => (step.seconds > 0 ? step.by(field) / step.seconds : 0)), shown(kept), 0);
  const most = stack(hero, KINDS.map(([field, , color]) => ({ color, values: values(field) })));
  say($("most"), most > 0 ? `${rate(most)} calls/s at most` : "");
  say($("since"), ago(kept));
  const recent = over(kept, RECENT);
  KINDS.forEach(([field], n) => say(legend[n], rate(recent.per(field)) + "/s"));
  const half = quantile(recent.times, 0.5) ?? quantile(sum.load_times, 0.5);
  const slow = quantile(recent.times, 0.99) ?? quantile(sum.load_times, 0.99);
  const called = snapshot.caches.filter((cache) => calls((field) => cache.stats[field]) > 0).length;
  const errors = sum.load_errors || 0;
  tiles[0](rate(calls(recent.per)), `${called} of ${snapshot.caches.length} caches in use`);
  tiles[1](rate(recent.per("loads")), errors ? `${count(errors)} failed since the start` : "none has failed");
  tiles[2](half === null ? "–" : `≤ ${time(half)}`, slow === null ? "no loads" : `99 % ≤ ${time(slow)}`);
  tiles[3](count(sum.entries), `${count(sum.evicted || 0)} evicted, ${count(sum.invalidated || 0)} invalidated`);
  tiles[4](count(sum.running_loads || 0), sum.oldest === null ? "none is running" : `oldest for ${time(sum.oldest)}`, sum.oldest > 5000);
  tiles[5](sum.saved > 0 ? time(sum.saved) : "–", "by hits and joined loads");
}

function tier(state) {
  $("tier").hidden = !state;
  if (!state) return;
  const reached = state.up ? `up, ${time(state.latency_ms)}${state.tracking ? "" : ", changes are not reported"}` : "away";
  const facts = [["", reached], ...state.counts.filter(([, n]) => n > 0).map(([word, n]) => [word, count(n)])];
  if (state.undelivered > 0) facts.push(["still to be delivered", count(state.undelivered)]);
  $("tier").replaceChildren(
    el("h2", {}, dot(state.up ? (state.tracking ? "--hit" : "--stale") : "--bad"), " Shared tier"),
    ...facts.map(([word, value]) => el("p", {}, el("b", {}, value), word ? ` ${word}` : "")),
  );
}

// Rates that are nearly the same count as the same: two rows do not change places every second.
const about = (rate) => Math.round(2 * Math.log2(1 + rate));

function order() {
  const key = {
    name: (view) => view.cache.name,
    calls: (view) => -about(view.figures.calls) * 100 - about(view.cache.stats.hits + view.cache.stats.misses),
    ratio: (view) => (view.figures.ratio === null ? 200 : Math.round(view.figures.ratio * 100)),
    loads: (view) => -about(view.figures.loads) * 100 - about(view.cache.stats.loads),
    slow: (view) => -(view.figures.slow ?? -1),
    entries: (view) => -view.cache.stats.entries,
  }[$("sort").value];
  const sorted = [...views.values()].sort((a, b) => {
    const one = key(a), other = key(b);
    return one < other ? -1 : one > other ? 1 : a.cache.name < b.cache.name ? -1 : 1;
  });
  const wanted = $("filter").value.toLowerCase();
  let visible = 0;
  sorted.forEach((view, n) => {
    view.made.hidden = !view.cache.name.toLowerCase().includes(wanted);
    visible += view.made.hidden ? 0 : 1;
    const before = $("caches").children[n];
    if (before !== view.made) $("caches").insertBefore(view.made, before || null);
  });
  $("empty").hidden = visible > 0;
  say($("empty"), views.size ? "No cache has such a name." : "No function of this program is cached.");
}

// Rows do not move under a hand: they are sorted when nobody points at one or has the focus in it.
let ordered = false;
function settle() {
  if (ordered && ($("caches").matches(":hover") || $("caches").contains(document.activeElement))) return;
  ordered = views.size > 0;
  order();
}

function show(snapshot) {
  bounds = snapshot.load_bounds_ms;
  control = snapshot.control;
  const ids = new Set(snapshot.caches.map((cache) => cache.id));
  for (const [id, view] of views) {
    if (ids.has(id)) continue;
    view.made.remove();
    views.delete(id);
    histories.delete(id);
  }
  let added = false;
  for (const cache of snapshot.caches) {
    remember(cache.id, snapshot.clock_ms, cache.stats);
    if (!views.has(cache.id)) {
      views.set(cache.id, new View(cache));
      added = true;
    }
    const view = views.get(cache.id);
    view.update(cache);
    toggleText(view);
  }
  together(snapshot);
  tier(snapshot.tier);
  $("unlock").hidden = !control || token !== null;
  if (added) order();
  else settle();
}

$("filter").addEventListener("input", order);
$("sort").addEventListener("change", order);

// --- dark and light ------------------------------------------------------------------------------------------------

const dark = matchMedia("(prefers-color-scheme: dark)");
let chosen = null;
function theme() {
  const now = chosen ?? (dark.matches ? "dark" : "light");
  document.documentElement.dataset.theme = now;
  say($("theme"), now === "dark" ? "Light" : "Dark");
}
$("theme").addEventListener("click", () => {
  chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  theme();
});
dark.addEventListener("change", theme);
theme();

// --- live ----------------------------------------------------------------------------------------------------------

let silent = null;
function live(state, words) {
  $("live").dataset.state = state;
  say($("live").lastElementChild, words);
}
const source = new EventSource(location.pathname);
source.addEventListener("message", (event) => {
  clearTimeout(silent);
  silent = setTimeout(() => live("lost", "no answer"), 5000);
  live("live", "live");
  show(JSON.parse(event.data));
});
source.addEventListener("error", () => {
  if (source.readyState === EventSource.CLOSED) live("lost", "the process refuses the stream");
});
