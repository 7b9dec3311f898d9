"use strict";
// What the page does beyond being read: a speaker's choice that everything follows, a row with what it rests on, and
// the reader's own copy. All text goes in as text: nothing here makes HTML out of a string.

/** Return what is made when it is first asked for. The data stand behind this script, so that the page answers at once. */
const once = (make, made) => () => (made ??= make());
const given = once(() => JSON.parse(document.getElementById("data").textContent));
const copyRules = once(() => textRules(given().characters));
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const shown = (selector, root) => $$(`${selector}:not([hidden])`, root);
const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

/** Make an element: el("li.key", {title: "x"}, "text", child, …); null children are left out. */
function el(name, properties, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = Object.assign(document.createElement(tag), properties);
  if (classes.length) element.className = classes.join(" ");
  element.append(...children.filter((child) => child !== null));
  return element;
}
const titleOf = (key) => (Object.hasOwn(given().titles, key) ? given().titles[key] : key);
const keyLink = (key) => el("a", { href: `#${key}` }, titleOf(key));

// --- the tables: CSV in the data, read when a row is asked for ---

/** Return the rows of a CSV text as objects. */
function parse(csv) {
  const rows = [[]];
  for (const [, quoted, bare, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1).push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end !== ",") rows.push([]);
  }
  const [columns, ...records] = rows.filter((row) => row.length > 1);
  return records.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
}

/** Return {rows: key → {table, key, cells}, evidence: key → its evidence, sizes, sources: texts with their spans}. */
const read = once(() => {
  const tables = { rows: new Map(), evidence: new Map(), sizes: {}, sources: new Map() };
  for (const [table, csv] of Object.entries(given().tables)) {
    const records = parse(csv);
    tables.sizes[table] = records.length;
    for (const cells of records) {
      const row = { table, key: Object.values(cells)[0], cells };
      tables.rows.set(row.key, row);
      if (cells.char_start && cells.sha256) {
        const digest = Int32Array.from(cells.sha256.match(/.{8}/g), (word) => parseInt(word, 16)); // as verify.js has it
        Object.assign(row, { id: row.key, start: Number(cells.char_start), end: Number(cells.char_end), digest });
        const known = tables.sources.get(cells.source_id) ?? { id: cells.source_id, passages: [], spans: [] };
        tables.sources.set(cells.source_id, known);
        known[table === "passages" ? "passages" : "spans"].push(row);
      }
      if (table === "evidence") tables.evidence.set(cells.row_id, [...(tables.evidence.get(cells.row_id) ?? []), row]);
    }
  }
  return tables;
});

// --- whose word: everything, what the report itself asserts, or what one speaker speaks of ---

const HINT_TO_CHOOSE = $("#chosen p");
let choice = ""; // "", "claims-off" or a speaker's key

function setChoice(chosen) {
  choice = chosen;
  const off = choice === "claims-off";
  const follows = (element, by) => !choice || (off ? !element.matches(".speaker") : by.split(" ").includes(choice));
  for (const element of $$("[data-of]")) element.hidden = !follows(element, element.dataset.of);
  for (const stretch of $$("[data-by]")) stretch.classList.toggle("dim", !follows(stretch, stretch.dataset.by));
  for (const sentence of $$(".sentence")) {
    sentence.classList.toggle("dim", Boolean(choice) && !$(off ? ".speaker:not(.dim)" : "[data-by]:not(.dim)", sentence));
  }
  for (const group of $$(".group")) group.hidden = !shown("[data-of]", group).length;
  document.body.classList.toggle("filtered", Boolean(choice));
  for (const number of $$("[data-voice]")) number.textContent = shown(`#timeline .item.${number.dataset.voice}`).length;
  $("#events-shown").textContent = shown("#timeline .item").length;
  for (const count of $$(".count")) {
    const of = choice ? `${shown(".item", count.parentElement).length} of ` : "";
    count.textContent = `${of}${$$(".item", count.parentElement).length} ${count.dataset.what}`;
  }
  $("#choice").value = choice && !off ? `by-${choice}` : choice;
  $("#claims").setAttribute("aria-pressed", String(off));
  $("#chosen").replaceChildren(...beside(off));
}

/** Return what stands beside the bars: what was chosen, and a speaker's claims. */
function beside(off) {
  if (!choice) return [HINT_TO_CHOOSE];
  const all = el("button", { type: "button", onclick: () => go("") }, "Show everybody’s word");
  if (off) return [el("p", null, "Only what the report itself asserts, also where a speaker says the same. Claims that are a speaker’s alone are left out."), el("p", null, all)];
  const claims = shown("#said .item").map((item) => el("li", null, el("a", { href: `#${$("details", item).id}` }, $(".title", item).textContent)));
  return [
    el("h3", null, $("h3", document.getElementById(`by-${choice}`)).textContent), el("ul", null, ...claims),
    el("p.soft", null, "Below is what these claims assert, make a condition or mention."), el("p", null, all),
  ];
}

// --- a row and what it rests on ---

let own = null; // the reader's copy, once it was checked

/** Return one piece of evidence as a list item: with a copy the words, offsets, support and note. */
function evidenceLine(piece) {
  const { start, cells } = piece, shift = own?.held.get(piece);
  const words = shift === undefined ? null : el("q", null, own.words(start + shift, piece.end + shift));
  const where = start === undefined ? keyLink(cells.source_id) : `characters ${start}–${piece.end}`;
  const lost = own && start !== undefined && !words ? ", not in your copy" : "";
  return el("div.soft", null, words, words ? " " : null, where, `, ${cells.support}${lost}${cells.note ? `: ${cells.note}` : ""}`);
}

/** Return a row: each cell with what it rests on, and how to cite it, as naqoura_talks.cite does. */
function card(row) {
  const { sizes, evidence } = read(), mine = evidence.get(row.key) ?? [], size = sizes[row.table];
  const rests = (column) => mine.filter((piece) => piece.cells.column_name === column).map(evidenceLine);
  const told = document.getElementById(row.key) !== null; // Then what its cells say stands beside it already.
  const cells = Object.entries(row.cells).filter(([column, value], i) => i > 0 && value !== "" &&
    (!told || Object.hasOwn(given().titles, value) || mine.some((piece) => piece.cells.column_name === column)));
  const used = size === 1 ? `all 1 rows of ${row.table}` : `1 of ${size} rows of ${row.table} (${row.key})`;
  const citation = given().citation.replace("{rows}", used);
  const cite = el("button", { type: "button" }, "Cite this row"), text = el("pre", { hidden: true }, citation);
  cite.addEventListener("click", () => { text.hidden = false; copyText(cite, citation); });
  return el("div.card", null, el("p.head", null, told ? "What the row rests on" : titleOf(row.key)),
    el("p", null, el("code", null, row.key), ` in ${row.table} `, cite), text, ...rests(""),
    el("dl", null, ...cells.flatMap(([column, value]) => [el("dt", null, column.replace(/(_actor)?_(id|edtf)$/, "").replaceAll("_", " ")),
      el("dd", null, Object.hasOwn(given().titles, value) ? keyLink(value) : value, ...rests(column))])));
}

/** Return the rows whose evidence overlaps a sentence, for the place beside the bars. */
function showSentence(row) {
  const spans = read().sources.get(row.cells.source_id).spans.filter((s) => s.start < row.end && s.end > row.start);
  const keys = [...new Set(spans.map((s) => s.cells.row_id))];
  const [core, parts] = [[], []];
  for (const key of keys) (document.getElementById(key) ? core : parts).push(el("li", null, keyLink(key)));
  $("#chosen").replaceChildren(
    el("h3", null, titleOf(row.key)), el("p.soft", null, `On its words rest ${plural(keys.length, "row")}:`),
    el("ul", null, ...core), parts.length ? el("details", null, el("summary", null, `and ${parts.length} parts, links and names`), el("ul", null, ...parts)) : "",
    el("details", null, el("summary", null, "The sentence’s own row"), card(row)),
  );
}

/** Open a row where it is told, its card with it. */
function showRow(row) {
  const home = document.getElementById(given().homes[row.key] || row.key);
  const place = home ?? $("#row");
  if (place.closest("[hidden]")) setChoice("");
  if (row.table === "passages") showSentence(row);
  else {
    $$(".card", place).forEach((old) => old.remove());
    if (place === home && place.tagName === "DETAILS") place.open = true;
    ($(".more", place) ?? place).append(card(row));
  }
  $$(".here").forEach((other) => other.classList.remove("here"));
  place.classList.add("here");
  place.scrollIntoView({ block: "nearest" });
}

document.addEventListener("toggle", ({ target }) => {
  const more = $(".more", target);
  if (target.open && more && !$(".card", target) && document.readyState !== "loading") more.append(card(read().rows.get(target.id)));
}, true);

// --- addresses ---

/** Follow the address: a choice, a row, or a place on the page; what is none of these is said to be unknown. */
function follow() {
  const name = location.hash.slice(1), notice = $("#notice"), place = document.getElementById(name);
  notice.hidden = true;
  if (!name || name === "claims-off") return setChoice(name);
  if (name.startsWith("by-") && place) return setChoice(name.slice(3));
  if (document.readyState === "loading") return; // The rows are not there yet; it is followed again then.
  const row = read().rows.get(name);
  if (row) return showRow(row);
  if (place) return;
  notice.hidden = false;
  notice.textContent = `Nothing here is called “${name}”: no row of version ${given().version} has this key. Keys are never reused, so look at the address once more.`;
  notice.scrollIntoView({ block: "center" });
}

/** Set the address without leaving what is being read, and follow it. */
function go(name) {
  history.pushState(null, "", `#${name}`);
  follow();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".words, .speaker-link");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.hash.slice(1));
});
addEventListener("hashchange", follow);

// The links of the report are two tab stops, speakers and sentences; arrow keys lead from one to the next.
for (const links of [$$(".speaker-link"), $$("a.words")]) {
  links.forEach((link, i) => {
    link.tabIndex = i ? -1 : 0;
    link.addEventListener("keydown", (event) => {
      const next = links[i + ({ ArrowDown: 1, ArrowUp: -1 }[event.key] ?? NaN)];
      if (!next) return;
      event.preventDefault();
      [link.tabIndex, next.tabIndex] = [-1, 0];
      next.focus();
    });
  });
}

$("#choice").addEventListener("change", (event) => go(event.target.value));
$("#claims").addEventListener("click", () => go(choice === "claims-off" ? "" : "claims-off"));

// --- the reader's own copy ---

/** Return the words of a sentence in the copy, each stretch by whose word it is; or that they are not there. */
function wordsOf({ shift, status, instead }, bars) {
  if (shift === null) return [el("span.changed", null, `${status} in your copy`, ...(instead ? [": ", el("q", null, instead)] : []))];
  return $$("rect", bars).map(({ classList, dataset: { start, end, by } }) => {
    const stretch = el(`span.${classList.item(1)}`, null, own.words(Number(start) + shift, Number(end) + shift));
    stretch.dataset.by = by;
    return stretch;
  });
}

/** Show the words of the reader's copy in place of the bars. */
function showWords() {
  const found = own?.passages.some((p) => p.shift !== null);
  $("#forget").hidden = !own;
  for (const link of $$("a.words")) {
    const bars = $("svg", link), i = found ? own.source.passages.findIndex((p) => `#${p.key}` === link.hash) : -1;
    link.dataset.label ??= link.ariaLabel;
    link.ariaLabel = i < 0 ? link.dataset.label : null;
    bars.toggleAttribute("hidden", i >= 0);
    link.replaceChildren(bars, ...(i < 0 ? [] : wordsOf(own.passages[i], bars)));
  }
  if (own) setChoice(choice);
}

/** Check a copy against every coded text, as naqoura_talks.verify does; the one of which most is found is returned. */
function verifyCopy(copy, sources, rules) {
  const { text, guessed } = readCopy(copy, rules), index = indexed(text.replaceAll("\n", " "), rules);
  const results = sources.map((source) => ({ source, ...against(index, guessed, source.passages, source.spans) }));
  const score = (r) => [Number(r.holds), r.passages.filter((p) => p.shift !== null).length, r.held.size];
  results.sort((a, b) => score(b).map((value, i) => value - score(a)[i]).find(Boolean) ?? 0);
  return results[0];
}

const countOf = (passages, ...names) => passages.filter((p) => names.includes(p.status)).length;

/** Say what the copy is, and how sure that is. */
function verdict({ passages, held, holds, wordsBefore, wordsAfter }) {
  const here = countOf(passages, "found", "moved"), n = passages.length;
  if (holds) {
    return "This is the coded text, word for word, in order and with nothing between its sentences; digests leave no " +
      `doubt of it. Not looked at: ${wordsBefore} words before it and ${wordsAfter} after it, and pictures, scripts and styles of a page.`;
  }
  if (here === 0 && held.size === 0) return "This is another text, or the coded one so changed that no sentence of it is left.";
  if (here === n && countOf(passages, "moved")) return "Every sentence of the coded text is here, but not in its order.";
  if (here === n && passages.some((p) => p.between !== null)) {
    return "Every sentence of the coded text is here and in order, but other words stand between them.";
  }
  if (here === n) return "The coded text stands here, but most of it stands here again in another version.";
  if (2 * here >= n) return "This is a copy of the coded text with changes; what was found is certain, what changed is located.";
  return "Parts of the coded text are here; what was found is certain, but most is missing, " +
    "so that missing and changed passages are hard to tell apart.";
}

function check(copy) {
  const output = $("#verdict"), started = performance.now();
  try {
    own = verifyCopy(copy, [...read().sources.values()], copyRules());
  } catch (error) {
    if (!(error instanceof UnreadableCopy)) throw error;
    own = null;
    showWords();
    output.replaceChildren(el("p.big", null, "This cannot be checked."), el("p", null, error.message));
    return;
  }
  own.ms = performance.now() - started;
  const { passages, held, source } = own, count = (status) => countOf(passages, status);
  const short = (text) => el("q", null, text.length > 400 ? `${text.slice(0, 400)}…` : text);
  const told = passages.flatMap((p, i) => [
    p.status !== "found" && el("li", null, keyLink(p.id), ` is ${p.status}; ${p.held} of ${plural(p.spans, "span")} in it hold.`,
      p.status === "changed" ? el("div", null, "In its place stands ", short(p.instead)) : null),
    p.between !== null && passages[i + 1]?.status !== "changed" && el("li", null, "After ", keyLink(p.id), " stands ", short(p.between)),
  ]).filter(Boolean);
  const lost = [...new Set(source.spans.filter((s) => !held.has(s)).map((s) => s.cells.row_id))];
  const details = (summary, ...lines) => (lines.length ? el("details", null, el("summary", null, summary), el("ul", null, ...lines)) : "");
  output.replaceChildren(
    el("p.big", null, `${held.size} of ${source.spans.length} digests hold`), el("p", null, verdict(own)),
    el("p.soft", null, `${count("found")} of ${passages.length} sentences found in order, ${count("moved")} moved, ${count("changed")} changed, ${count("missing")} missing. `,
      held.size ? el("a", { href: "#report" }, "Read it by whose word it is") : null),
    details("What differs, sentence by sentence", ...told),
    details(`On words that were not found rest ${plural(lost.length, "row")}`, ...lost.map((key) => el("li", null, keyLink(key)))),
  );
  if (told.length) $("details", output).open = told.length < 6;
  showWords();
}

const form = $("#own");
form.addEventListener("submit", (event) => { event.preventDefault(); check($("#paste").value); });
const checkFile = async (file) => {
  // A file that is too large is not read: its size alone is enough to say so.
  if (file) check(file.size > LARGEST_FILE ? { length: file.size } : new Uint8Array(await file.arrayBuffer()));
};
$("#file").addEventListener("change", (event) => { checkFile(event.target.files[0]); event.target.value = ""; });
form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("dropping"); });
form.addEventListener("dragleave", () => form.classList.remove("dropping"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("dropping");
  const file = event.dataTransfer.files[0];
  if (file) checkFile(file);
  else check($("#paste").value = event.dataTransfer.getData("text/plain"));
});
$("#forget").addEventListener("click", () => {
  own = null;
  $("#paste").value = "";
  $("#verdict").replaceChildren();
  $$(".card").forEach((old) => old.remove());
  showWords();
});

// --- copying and downloads ---

async function copyText(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return; // Without permission the text stands there to be selected.
  }
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = before; }, 1500);
}

for (const button of $$(".copy")) button.addEventListener("click", () => copyText(button, $("pre", button.closest("figure")).textContent));

function save(name, parts, type) {
  const link = el("a", { href: URL.createObjectURL(new Blob(parts, { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

$("#one").addEventListener("click", () => save(`${$("#table").value}.csv`, [given().tables[$("#table").value]], "text/csv"));
$("#all").addEventListener("click", () => {
  const files = [given().readme, ...Object.values(given().tables)];
  save(`${given().package}.zip`, given().zip.flatMap((bytes, i) => [bytesOf(atob(bytes)), files[i] ?? ""]), "application/zip");
});

document.addEventListener("DOMContentLoaded", () => { if (location.hash) follow(); });
