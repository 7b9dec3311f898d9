"use strict";
// What the page does beyond being read: a row with what it rests on, the filter by actor, sortable tables, and the
// reader's own copy. All text goes in as text: nothing here makes HTML out of a string.

const DATA = JSON.parse(document.getElementById("data").textContent);
const RULES = textRules(DATA.characters);
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Make an element: el("a.key", {href: "#x"}, "text", child, …). */
function el(name, properties, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (key in element && key !== "list") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
const keyLink = (key, text = key) => el("a", { href: `#${key}` }, text);
const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

// --- the tables: rows stand in the HTML, those of evidence in the data ---

const TABLES = new Map(); // name → {name, section, columns, computed, items}
const ITEMS = new Map(); // key → {key, table, cells, tr, actors}

for (const section of $$("section.table")) {
  const name = section.dataset.table, head = $$("th", section);
  const table = { name, section, head, items: [], shown: 0, query: "", sort: null, codelists: {}, needs: {} };
  table.columns = head.filter((th) => th.dataset.column).map((th) => th.dataset.column);
  for (const th of head) {
    if (th.dataset.codelist) table.codelists[th.dataset.column] = th.dataset.codelist;
    table.needs[th.dataset.column] = th.dataset.needs;
  }
  if (name === "evidence") {
    table.items = DATA.evidence.rows.map((row) => ({ key: row[0], table, cells: row.map((v) => v ?? ""), tr: null, actors: "" }));
  } else {
    table.items = $$("tbody tr", section).map((tr) => {
      const cells = Array.from(tr.cells, (td) => td.textContent);
      return { key: cells[0], table, cells, tr, actors: tr.dataset.actors ?? "" };
    });
  }
  TABLES.set(name, table);
  for (const item of table.items) ITEMS.set(item.key, item);
}

const cell = (item, column) => item.cells[item.table.columns.indexOf(column)];
const CODES = new Map(TABLES.get("codes").items.map((item) => [`${cell(item, "codelist")} ${cell(item, "code")}`, cell(item, "label")]));

// The evidence by the row that it supports, and the spans by the text that they are in.
const EVIDENCE = new Map();
const SOURCES = new Map();
for (const item of TABLES.get("passages").items) {
  const id = cell(item, "source_id");
  if (!SOURCES.has(id)) SOURCES.set(id, { id, passages: [], spans: [] });
  SOURCES.get(id).passages.push(span(item));
}
for (const item of TABLES.get("evidence").items) {
  const row = cell(item, "row_id");
  if (!EVIDENCE.has(row)) EVIDENCE.set(row, []);
  item.actors = ITEMS.get(row)?.actors ?? "";
  if (cell(item, "char_start")) {
    item.span = span(item);
    SOURCES.get(cell(item, "source_id"))?.spans.push(item.span);
  }
  EVIDENCE.get(row).push(item);
}
function span(item) {
  const [start, end] = [Number(cell(item, "char_start")), Number(cell(item, "char_end"))];
  return { id: item.key, item, start, end, digest: wanted(cell(item, "sha256")) };
}

/** Return what stands for a row in a sentence: its name or title, what a statement says with who says it, else its key. */
function label(item) {
  if (item.table.name === "statements") return `${speakerOf(item.key)}: ${cell(item, "proposition")}`;
  for (const column of ["name", "title", "name_words", "label", "citation"]) {
    const value = cell(item, column);
    if (value) return value;
  }
  return item.key;
}

/** Return the name of who makes a statement. */
function speakerOf(statement) {
  const speaker = ITEMS.get(cell(ITEMS.get(statement), "speaker_actor_id"));
  return speaker ? label(speaker) : statement;
}

// --- a row and what it rests on ---

const inspector = $("#inspector");
let pointing = null; // key → keys of the rows that point to it
let opener = null;
let own = null; // the reader's copy, once it was checked

function pointingTo(key) {
  if (!pointing) {
    pointing = new Map();
    for (const { items, name } of TABLES.values()) {
      if (name === "evidence") continue;
      for (const item of items) {
        for (const value of new Set(item.cells.slice(1))) {
          if (!ITEMS.has(value)) continue;
          if (!pointing.has(value)) pointing.set(value, []);
          pointing.get(value).push(item);
        }
      }
    }
  }
  return pointing.get(key) ?? [];
}

/** Return the words of a span as the reader's copy has them, or null. */
function wordsOf(spanOf) {
  if (!own || !spanOf || !own.held.has(spanOf)) return null;
  const shift = own.held.get(spanOf);
  return own.words(spanOf.start + shift, spanOf.end + shift);
}

/** Return one piece of evidence as a list item: offsets, support, note, and with a copy the words. */
function evidenceLine(item) {
  const words = wordsOf(item.span), note = cell(item, "note");
  const where = item.span
    ? el("a.at", { href: `#at=${item.span.start}`, title: "Characters of the coded text" }, `${item.span.start}–${item.span.end}`)
    : keyLink(cell(item, "source_id"));
  const lost = own && item.span && words === null ? " not in your copy" : "";
  return el("li", null, words === null ? null : el("q", null, words), words === null ? null : " ", where,
    ` ${cell(item, "support")}${lost}`, note ? el("div", null, note) : null);
}

function rowList(title, items) {
  if (!items.length) return [];
  const list = el("ul.points");
  for (const item of items.slice(0, 200)) {
    list.append(el("li", null, keyLink(item.key, label(item)), el("span.soft", null, ` ${item.table.name}`)));
  }
  if (items.length > 200) list.append(el("li", null, `and ${items.length - 200} more`));
  return [el("h3", null, title), list];
}

/** Return the rows whose evidence overlaps characters of the coded text. */
function rowsOn(sourceId, start, end) {
  const keys = new Set();
  for (const s of SOURCES.get(sourceId)?.spans ?? []) {
    if (s.start < end && s.end > start) keys.add(cell(s.item, "row_id"));
  }
  return [...keys].map((key) => ITEMS.get(key)).filter(Boolean);
}

/** Return who asserts a row, framed as everywhere on the page; nothing for a row that says no such thing. */
function asserted(item) {
  let attribution = cell(item, "attribution"), speakers = [];
  if (item.table.name === "compliance_claims" || item.table.name === "statements") {
    attribution = "speaker";
    speakers = [speakerOf(cell(item, "statement_id"))];
  } else if (attribution) {
    speakers = pointingTo(item.key).filter((link) => cell(link, "link_role") === "asserts").map((link) => speakerOf(cell(link, "statement_id")));
  } else return null;
  const names = [...new Set(speakers)].join(" and ");
  const said = { narrator: "narrator", speaker: `says ${names}`, both: `narrator and ${names}` };
  const frame = el("span.who", null, said[attribution] ?? (CODES.get(`attribution ${attribution}`) ?? attribution).toLowerCase());
  frame.classList.add(...attribution.split(/\s+/));
  return el("p", null, frame);
}

function show(title, ...content) {
  const close = el("button", { type: "button", onclick: closeInspector }, "Close");
  const parts = content.filter((part) => part !== null);
  inspector.replaceChildren(el("header", null, el("h2", { id: "inspector-h" }, title), close), ...parts);
  if (inspector.hidden) opener = document.activeElement;
  inspector.hidden = false;
  inspector.scrollTop = 0;
  inspector.focus({ preventScroll: true });
}

function closeInspector() {
  inspector.hidden = true;
  $$(".on").forEach((element) => element.classList.remove("on"));
  opener?.focus({ preventScroll: true });
}

function showRow(item) {
  const { table } = item, evidence = EVIDENCE.get(item.key) ?? [];
  const list = el("dl");
  table.columns.forEach((column, i) => {
    const value = item.cells[i];
    if (value === "" || (i === 0)) return;
    const mine = evidence.filter((e) => cell(e, "column_name") === column);
    const code = CODES.get(`${table.codelists[column]} ${value}`);
    const shown = ITEMS.has(value) ? keyLink(value, label(ITEMS.get(value))) : value;
    list.append(el("div", null, el("dt", null, column), el("dd", null, shown, code && code.toLowerCase() !== value ? el("span.soft", null, ` ${code}`) : null,
      mine.length ? el("ul.spans", null, ...mine.map(evidenceLine)) : null)));
  });
  const whole = evidence.filter((e) => !cell(e, "column_name"));
  const copy = el("button", { type: "button" }, "Copy link");
  copy.addEventListener("click", () => copyText(copy, location.href.replace(/#.*/, "") + "#" + item.key));
  const inTable = el("button", { type: "button" }, "Show in table");
  inTable.addEventListener("click", () => reveal(item));
  const passage = table.name === "passages"
    ? rowList("Rows on this sentence", rowsOn(cell(item, "source_id"), Number(cell(item, "char_start")), Number(cell(item, "char_end")))) : [];
  show(label(item), el("p.key", null, el("code", null, item.key), el("span.soft", null, ` in ${table.name}`)), asserted(item), el("p.actions", null, copy, inTable),
    whole.length ? el("h3", null, "The row rests on") : null, whole.length ? el("ul.spans", null, ...whole.map(evidenceLine)) : null,
    list, ...passage, ...rowList("Rows that point here", pointingTo(item.key).filter((other) => other.table.name !== "evidence")));
  markWords(evidence.map((e) => e.span).filter(Boolean));
}

function showAt(at) {
  const source = own?.source.id ?? [...SOURCES.keys()][0];
  const rows = rowsOn(source, at, at + 1);
  show(`Character ${at}`, el("p.soft", null, `${plural(rows.length, "row")} on it.`), ...rowList("Rows", rows));
}

/** Bring a row into view in its table. */
function reveal(item) {
  item.table.query = "";
  item.table.sort = null;
  chooseTable(item.table.name);
  const at = item.table.items.indexOf(item);
  if (!visible(item)) setActor("");
  render(item.table, Math.max(PAGE, at + 1));
  item.tr.classList.add("on");
  item.tr.scrollIntoView({ block: "center" });
}

// --- tables: one at a time, filtered, sorted, a page of rows at a time ---

const PAGE = 300;
let actor = "";

function visible(item) {
  return (!actor || ` ${item.actors} `.includes(` ${actor} `)) &&
    (!item.table.query || item.cells.some((value) => value.toLowerCase().includes(item.table.query)));
}

function rowElement(item) {
  if (!item.tr) {
    const { columns, head } = item.table;
    item.tr = el("tr", { id: item.key }, ...item.cells.map((value, i) => {
      const link = i === 0 || columns[i] === "row_id" || columns[i] === "source_id";
      return el(head[i].className === "number" ? "td.number" : "td", null, link && value ? keyLink(value) : value);
    }));
  }
  return item.tr;
}

function render(table, limit = PAGE) {
  let items = table.items.filter(visible);
  if (table.sort) {
    const { index, down } = table.sort, number = table.head[index].classList.contains("number");
    const order = (a, b) => {
      const [x, y] = [a.cells[index], b.cells[index]];
      if (x === y || !x || !y) return x === y ? 0 : x ? -1 : 1; // empty cells last, either way
      return (number ? x - y : x < y ? -1 : 1) * (down ? -1 : 1);
    };
    items = items.toSorted(order);
  }
  $("tbody", table.section).replaceChildren(...items.slice(0, limit).map(rowElement));
  table.count.textContent = items.length === table.items.length ? plural(items.length, "row") : `${items.length} of ${plural(table.items.length, "row")}`;
  table.more.hidden = items.length <= limit;
  table.more.onclick = () => render(table, limit + PAGE);
  table.head.forEach((th, i) => {
    if (table.sort?.index === i) th.setAttribute("aria-sort", table.sort.down ? "descending" : "ascending");
    else th.removeAttribute("aria-sort");
  });
}

function prepare(table) {
  const filter = el("input", { type: "search", placeholder: "Filter rows", "aria-label": `Filter rows of ${table.name}` });
  filter.addEventListener("input", () => { table.query = filter.value.trim().toLowerCase(); render(table); });
  table.count = el("span.soft", { role: "status" });
  table.more = el("button", { type: "button" }, `Show ${PAGE} more`);
  const download = el("button", { type: "button" }, "Download CSV");
  download.addEventListener("click", () => save(`${table.name}.csv`, [csv(table)], "text/csv"));
  const scroll = $(".scroll", table.section);
  scroll.before(el("p.tools", null, filter, table.count, download));
  scroll.after(el("p", null, table.more));
  table.head.forEach((th, index) => {
    const button = el("button", { type: "button" }, th.textContent);
    button.addEventListener("click", () => {
      table.sort = { index, down: table.sort?.index === index && !table.sort.down };
      render(table);
    });
    th.replaceChildren(button);
  });
}

function chooseTable(name) {
  for (const table of TABLES.values()) table.section.hidden = table.name !== name;
  for (const link of $$(".picker a")) {
    if (link.hash === `#table-${name}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const table = TABLES.get(name);
  if (!table.count) prepare(table);
  render(table);
}

/** Return a table as its CSV file in the package has it. */
function csv(table) {
  const quoted = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const n = table.columns.length;
  return [table.columns, ...table.items.map((item) => item.cells.slice(0, n))].map((row) => row.map(quoted).join(",") + "\n").join("");
}

function save(name, parts, type) {
  const link = el("a", { href: URL.createObjectURL(new Blob(parts, { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Return files, {name: text}, as the bytes of a ZIP archive without compression (PKWARE APPNOTE 6.3). */
function zip(files) {
  const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });
  const crc = (bytes) => ~bytes.reduce((c, byte) => crcTable[(c ^ byte) & 255] ^ (c >>> 8), -1) >>> 0;
  const packed = (...numbers) => { // [value, size] little-endian
    const bytes = [];
    for (const [value, size] of numbers) for (let i = 0; i < size; i += 1) bytes.push((value >>> (8 * i)) & 255);
    return Uint8Array.from(bytes);
  };
  const parts = [], directory = [];
  let offset = 0, directorySize = 0;
  for (const [name, text] of Object.entries(files)) {
    const path = new TextEncoder().encode(name), data = new TextEncoder().encode(text);
    // Version 2.0, names in UTF-8, stored; the date is 1 January 1980, as there is none to tell.
    const about = [[20, 2], [0x0800, 2], [0, 2], [0, 2], [33, 2], [crc(data), 4], [data.length, 4], [data.length, 4], [path.length, 2], [0, 2]];
    const local = packed([0x04034b50, 4], ...about);
    const central = packed([0x02014b50, 4], [20, 2], ...about, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]);
    parts.push(local, path, data);
    directory.push(central, path);
    offset += local.length + path.length + data.length;
    directorySize += central.length + path.length;
  }
  const n = directory.length / 2;
  return [...parts, ...directory, packed([0x06054b50, 4], [0, 2], [0, 2], [n, 2], [n, 2], [directorySize, 4], [offset, 4], [0, 2])];
}

// --- the filter by actor ---

function setActor(key) {
  actor = key;
  $("#actor").value = key;
  for (const element of $$("main > section:not(#tables) [data-actors]")) {
    element.hidden = Boolean(key) && !` ${element.dataset.actors} `.includes(` ${key} `);
  }
  for (const group of $$(".undated .group")) group.hidden = $$(".item", group).every((item) => item.hidden);
  for (const head of $$(".matrix thead th")) head.classList.toggle("chosen", head.dataset.actor === key);
  for (const basis of $$(".basis")) basis.hidden = $$(".card", basis).every((card) => card.hidden);
  for (const list of $$("main .cards, .statements, .events")) {
    list.toggleAttribute("data-none", [...list.children].every((child) => child.hidden));
  }
  const open = [...TABLES.values()].find((table) => !table.section.hidden);
  if (open) render(open);
}

// --- the reader's own copy ---

function check(copy) {
  const output = $("#verdict"), started = performance.now();
  try {
    own = verifyCopy(copy, [...SOURCES.values()], RULES);
  } catch (error) {
    if (!(error instanceof UnreadableCopy)) throw error;
    own = null;
    showWords();
    output.replaceChildren(el("p.big", null, "This cannot be checked."), el("p", null, error.message));
    return;
  }
  own.ms = performance.now() - started;
  const { passages, held, source } = own, count = (status) => passages.filter((p) => p.status === status).length;
  const lost = new Map();
  for (const s of source.spans) {
    if (held.has(s)) continue;
    const key = cell(s.item, "row_id");
    if (!lost.has(key)) lost.set(key, []);
    const column = cell(s.item, "column_name") || "row";
    if (!lost.get(key).includes(column)) lost.get(key).push(column);
  }
  own.lost = lost;
  const short = (text) => (text.length > 400 ? `${text.slice(0, 400)}…` : text);
  const told = passages.flatMap((p) => [
    p.status === "found" ? null : el("li", null, `${p.status}: `, keyLink(p.id), el("span.soft", null, ` ${p.held} of ${plural(p.spans, "span")} hold`),
      p.holds.length ? el("div.soft", null, `holds: ${short(p.holds.join(" | "))}`) : null),
    p.between === null ? null : el("li", null, "between ", keyLink(p.id), " and the next found stands: ", el("q", null, short(p.between))),
  ]).filter(Boolean);
  output.replaceChildren(
    el("p.big", null, `${held.size} of ${source.spans.length} digests hold`),
    el("p", null, own.verdict),
    el("p.soft", null, `${count("found")} of ${passages.length} sentences found in order, ${count("moved")} moved, ${count("changed")} changed, ${count("missing")} missing.`),
    told.length ? el("ul", null, ...told) : "",
    lost.size ? el("details", null, el("summary", null, `${plural(lost.size, "row")} rest on words that were not found`),
      el("ul", null, ...[...lost].map(([key, columns]) => el("li", null, keyLink(key), el("span.soft", null, ` ${columns.join(", ")}`))))) : "",
  );
  showWords();
}

/** Show the words of the reader's copy in place of the bars, each piece leading to the rows on it. */
function showWords() {
  const words = $("#words"), shown = Boolean(own && own.passages.some((p) => p.shift !== null));
  words.hidden = !shown;
  words.replaceChildren();
  for (const shape of $$(".shape")) shape.hidden = shown;
  $("#forget").hidden = !own;
  if (!shown) return;
  const { source } = own, edges = new Set();
  for (const s of source.spans) edges.add(s.start).add(s.end);
  let paragraph = null, number = null;
  source.passages.forEach((passage, i) => {
    const no = cell(passage.item, "paragraph_no");
    if (no !== number) {
      number = no;
      paragraph = el("p");
      words.append(paragraph);
    }
    const { shift, status } = own.passages[i];
    if (shift === null) {
      paragraph.append(el("span.gone", null, `[${status} in your copy: `, keyLink(passage.id), "] "));
      return;
    }
    const cuts = [passage.start, ...[...edges].filter((e) => e > passage.start && e < passage.end).sort((a, b) => a - b), passage.end];
    for (let k = 0; k + 1 < cuts.length; k += 1) {
      const [start, end] = [cuts[k], cuts[k + 1]];
      const n = source.spans.filter((s) => s.start <= start && s.end >= end).length;
      const depth = [1, 4, 8, 16].filter((bound) => n >= bound).length;
      const piece = el(`a.d${depth}`, { href: `#at=${start}` }, own.words(start + shift, end + shift));
      piece.dataset.start = start;
      piece.dataset.end = end;
      paragraph.append(piece);
    }
    paragraph.append(" ");
  });
}

function markWords(spans) {
  for (const piece of $$("#words a[data-start]")) {
    const [start, end] = [Number(piece.dataset.start), Number(piece.dataset.end)];
    piece.classList.toggle("on", spans.some((s) => s.start < end && s.end > start));
  }
}

/** With a copy, pointing at a cell of a table shows the words that it rests on. */
function tipFor(target) {
  const td = target.closest?.(".data td"), item = td && ITEMS.get(td.parentElement.id);
  if (!own || !item || item.table.name === "codes") return null;
  const column = item.table.columns[td.cellIndex], evidence = EVIDENCE.get(item.key) ?? [];
  const needs = item.table.needs[column];
  const wantedColumn = needs === "own" ? column : "";
  const lines = evidence.filter((e) => cell(e, "column_name") === wantedColumn).map((e) => wordsOf(e.span)).filter(Boolean);
  if (td.textContent === "" || !lines.length || (needs === "none" && td.cellIndex > 0)) return null;
  return { td, lines };
}

document.addEventListener("pointerover", (event) => {
  const tip = $("#tip"), found = tipFor(event.target);
  tip.hidden = !found;
  if (!found) return;
  tip.replaceChildren(...[...new Set(found.lines)].slice(0, 6).map((line) => el("div", null, el("q", null, line))));
  const box = found.td.getBoundingClientRect();
  // The object model of style is not inline style: the policy of the page allows it.
  tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${box.bottom + tip.offsetHeight + 8 > innerHeight ? box.top - tip.offsetHeight - 4 : box.bottom + 4}px`;
});

// --- addresses, keys and buttons ---

/** Return what an address names: the part behind its #, decoded where it can be. */
function nameIn(hash) {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return hash.slice(1);
  }
}

/** Follow the address: a row, an actor, characters, a table; anything else is a place on the page. */
function follow(first) {
  const name = nameIn(location.hash), item = ITEMS.get(name);
  if (item) {
    if (first) reveal(item);
    showRow(item);
    return;
  }
  if (name.startsWith("actor=")) {
    const key = name.slice(6);
    setActor(ITEMS.get(key)?.table.name === "actors" ? key : "");
    if (first) $("#timeline").scrollIntoView();
  } else if (/^at=\d+$/.test(name)) showAt(Number(name.slice(3)));
  else if (name.startsWith("table-") && TABLES.has(name.slice(6))) {
    chooseTable(name.slice(6));
    $(`#${name}`).scrollIntoView({ block: "nearest" });
  } else if (!name && !first) {
    // Back to where nothing was chosen.
    setActor("");
    if (!inspector.hidden) closeInspector();
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='#']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const name = nameIn(link.hash ?? link.href.baseVal);
  if (!ITEMS.has(name) && !/^(actor=|at=\d)/.test(name)) return;
  // A row opens beside what is being read; the address is set without jumping to it.
  event.preventDefault();
  history.pushState(null, "", `#${encodeURIComponent(name).replaceAll("%3D", "=")}`);
  follow(false);
});
addEventListener("popstate", () => follow(false));
addEventListener("hashchange", () => follow(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !inspector.hidden) closeInspector();
});

async function copyText(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without the clipboard interface (an old browser, no permission): the older way.
    const area = el("textarea", { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = before; }, 1500);
}

for (const button of $$(".copy")) {
  button.hidden = false;
  button.addEventListener("click", () => copyText(button, $("pre", button.closest("figure")).textContent));
}
$(".actor").hidden = false;
$("#actor").addEventListener("change", (event) => {
  history.pushState(null, "", event.target.value ? `#actor=${event.target.value}` : "#");
  setActor(event.target.value);
});
for (const button of $$(".all")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const files = [...TABLES.values()].map((table) => [`${table.name}.csv`, csv(table)]);
    save("tables.zip", zip(Object.fromEntries(files)), "application/zip");
  });
}

const form = $("#own"), dropArea = $(".own");
form.hidden = false;
form.addEventListener("submit", (event) => { event.preventDefault(); check($("#paste").value); });
const checkFile = async (file) => {
  if (!file) return;
  // A file that is too large is not read: its size alone is enough to say so.
  check(file.size > LARGEST_FILE ? { length: file.size } : new Uint8Array(await file.arrayBuffer()));
};
$("#file").addEventListener("change", (event) => { checkFile(event.target.files[0]); event.target.value = ""; });
dropArea.addEventListener("dragover", (event) => { event.preventDefault(); dropArea.classList.add("dropping"); });
dropArea.addEventListener("dragleave", () => dropArea.classList.remove("dropping"));
dropArea.addEventListener("drop", (event) => {
  event.preventDefault();
  dropArea.classList.remove("dropping");
  const file = event.dataTransfer.files[0];
  if (file) checkFile(file);
  else {
    $("#paste").value = event.dataTransfer.getData("text/plain");
    check($("#paste").value);
  }
});
$("#forget").addEventListener("click", () => {
  own = null;
  $("#paste").value = "";
  $("#verdict").replaceChildren();
  $("#tip").hidden = true;
  showWords();
  if (!inspector.hidden) closeInspector();
});

chooseTable("events");
follow(true);
