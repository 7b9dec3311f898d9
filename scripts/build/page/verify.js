"use strict";
// What naqoura_talks.text, copies and verify do in Python, for the reader's browser: the canonical text, its
// digests, and which passages and spans a copy holds. tests/test_site.py asks both the same and compares.

// SHA-256 (FIPS 180-4), because crypto.subtle answers asynchronously and each word of a copy needs an answer. Its
// constants are the first 32 bits of the fractional parts of the roots of the first primes.
const PRIMES = [];
for (let n = 2; PRIMES.length < 64; n += 1) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
const fraction = (root) => (root % 1) * 2 ** 32;
const SHA_START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const SHA_K = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const SHA_STATE = new Int32Array(8), SHA_W = new Int32Array(64);
const rotated = (x, n) => (x >>> n) | (x << (32 - n));

/** Return the SHA-256 of bytes[start:end] as eight 32-bit words; the array is used again by the next call. */
function sha256Words(bytes, start, end) {
  const length = end - start, size = (length + 72) & ~63, state = SHA_STATE, w = SHA_W;
  const padded = (i) => (i < length ? bytes[start + i] : i === length ? 0x80 : 0);
  state.set(SHA_START);
  for (let at = 0; at < size; at += 64) {
    for (let i = 0, n = at; i < 16; i += 1, n += 4) {
      w[i] = (padded(n) << 24) | (padded(n + 1) << 16) | (padded(n + 2) << 8) | padded(n + 3);
    }
    if (at + 64 === size) w[15] = length * 8;
    for (let i = 16; i < 64; i += 1) {
      const x = w[i - 15], y = w[i - 2];
      w[i] = w[i - 16] + w[i - 7] + (rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3)) + (rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10));
    }
    let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (let i = 0; i < 64; i += 1) {
      const t1 = (h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g)) + SHA_K[i] + w[i]) | 0;
      const t2 = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }
  return state;
}

/** Return canonicalise and fold by the character table that Python reads too, and what it says of copies. */
function textRules(table) {
  const { copies } = table, point = (name) => String.fromCodePoint(parseInt(name, 16));
  const mapping = (pairs) => new Map(pairs.flatMap(([to, names]) => names.map((name) => [point(name), to])));
  const cleaned = mapping([["", table.drop], ["\n", table.line], [" ", table.space]]);
  const folded = mapping([...Object.entries(table.fold).map(([to, names]) => [point(to), names]), [" ", table.space]]);
  const each = (text, map) => Array.from(text, (c) => map.get(c) ?? c).join("");
  const canonicalise = (text) =>
    each(text.replaceAll("\r\n", "\n"), cleaned).normalize("NFC").split("\n")
      .map((line) => line.replace(/ +/g, " ").replace(/^ | $/g, "")).filter(Boolean).join("\n");
  const oneOf = (ranges) => ranges.map((range) => range.split("-").map((name) => `\\u{${name}}`).join("-")).join("");
  const every = (ranges) => new RegExp(`[${oneOf(ranges)}]`, "gu"), set = (name) => new Set(copies[name].split(" "));
  const invisible = every(copies.invisible), unreadable = every(copies.unreadable), ligature = every(Object.keys(copies.ligatures));
  const ligatures = new Map(Object.entries(copies.ligatures).map(([name, letters]) => [point(name), letters]));
  const clean = (text) => canonicalise(text.replace(invisible, "").replace(unreadable, LOST)
    .replace(ligature, (one) => ligatures.get(one)).replace(/\p{M}{31,}/gu, LOST));
  return {
    ...copies, canonicalise, fold: (text) => each(text, folded), clean, isMark: new RegExp(`^[${oneOf(copies.marks)}]$`, "u"),
    block: set("block"), hidden: set("hidden"), hiddenInSvg: set("hidden_in_svg"), struck: set("struck"), withoutValue: set("without_value"),
  };
}

// --- reading a copy: limits are those of naqoura_talks.copies ---

const LARGEST_FILE = 100_000_000, LARGEST_TEXT = 1_000_000, MOST_WORDS = 100_000;
const HINT = "Give the report as plain text or as a saved page.", LOST = "\ufffd";

class UnreadableCopy extends Error {}

const latin1 = (bytes) => Array.from({ length: Math.ceil(bytes.length / 8192) },
  (_, i) => String.fromCharCode(...bytes.subarray(i * 8192, (i + 1) * 8192))).join("");
const bytesOf = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** Return the page in a single file (MHTML, e-mail), or its plain text, and the charset that its header declares. */
function unpacked(data) {
  let head, body, kind;
  for (let depth = 0; depth < 8; depth += 1) {
    const blank = /\r?\n\r?\n/.exec(data);
    head = (blank ? data.slice(0, blank.index) : data).replace(/\r?\n[ \t]+/g, " ");
    body = blank ? data.slice(blank.index + blank[0].length) : "";
    kind = (/^content-type:\s*([^;\s]+)/im.exec(head)?.[1] ?? "").toLowerCase();
    const boundary = /boundary="?([^";\r\n]+)/i.exec(head);
    if (!kind.startsWith("multipart/") || !boundary) break;
    const parts = body.split(`--${boundary[1].trim()}`).slice(1);
    const of = (wanted) => parts.find((part) => wanted.test(part.split(/\r?\n\r?\n/, 1)[0]));
    data = (of(/^content-type:\s*(text\/html|multipart\/)/im) ?? of(/^content-type:\s*text\/plain/im) ?? "").replace(/^[ \t]*\r?\n/, "");
  }
  if (!kind.startsWith("text/")) throw new UnreadableCopy(`This is a single file (MHTML) or e-mail without a page in it. ${HINT}`);
  const coding = /^content-transfer-encoding:\s*(\S+)/im.exec(head)?.[1].toLowerCase();
  if (coding === "quoted-printable") {
    body = body.replace(/[ \t]+(?=\r?\n|$)/g, "").replace(/=\r?\n/g, "")
      .replace(/=([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(parseInt(code, 16)));
  } else if (coding === "base64") {
    try { body = atob(body.replace(/[^a-z0-9+/]/gi, "")); } catch {
      throw new UnreadableCopy("The page in this single file is damaged. Save it again.");
    }
  }
  return [bytesOf(body), /charset="?([\w.:-]+)/i.exec(head)?.[1] ?? ""];
}

/** Return the text of the bytes, and whether the encoding is a guess; the order is that of copies._decode. */
function decode(bytes, declared, rules) {
  const starts = (...mark) => mark.every((byte, i) => bytes[i] === byte);
  const as = (encoding) => new TextDecoder(encoding).decode(bytes);
  if (starts(0xef, 0xbb, 0xbf)) return [as("utf-8"), false];
  if (starts(0xff, 0xfe, 0, 0) || starts(0, 0, 0xfe, 0xff)) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), points = [];
    for (let i = 4; i + 4 <= bytes.length; i += 4) points.push(view.getUint32(i, bytes[0] === 0xff));
    if (bytes.length % 4) points.push(0xfffd);
    return [points.map((p) => String.fromCodePoint(p > 0x10ffff || (p >= 0xd800 && p < 0xe000) ? 0xfffd : p)).join(""), false];
  }
  if (starts(0xff, 0xfe)) return [as("utf-16le"), false];
  if (starts(0xfe, 0xff)) return [as("utf-16be"), false];
  const head = bytes.subarray(0, 4096);
  if (head.includes(0)) {
    // UTF-16 of a text in Latin letters has a NUL in nearly every second byte, on the same side.
    const zeros = [0, 1].map((side) => head.filter((byte, i) => byte === 0 && i % 2 === side).length), most = Math.max(...zeros);
    if (Math.min(...zeros) * 20 > most || most * 3 < Math.ceil(head.length / 2)) {
      throw new UnreadableCopy(`This is a binary file, not a text. ${HINT}`);
    }
    return [as(zeros[0] > zeros[1] ? "utf-16be" : "utf-16le"), false];
  }
  const tag = new RegExp(rules.declared, "i").exec(latin1(head));
  const label = (declared || tag?.[1] || tag?.[2] || "").toLowerCase();
  let encoding = Object.hasOwn(rules.charsets, label) ? (rules.charsets[label] === "utf-8" ? "utf-8" : label) : null;
  const text = as("utf-8"), count = (pattern) => text.match(pattern)?.length ?? 0;
  const known = latin1(bytes).split("\u00ef\u00bf\u00bd").length - 1, wrong = count(/\ufffd/g) - known;
  if (encoding === null || encoding === "utf-8") {
    if (wrong <= count(/[^\x00-\x7f]/gu) - wrong || (encoding && wrong <= 10)) return [text, false];
    encoding = "windows-1252";
  } else if (wrong) return [as(encoding), false];
  // What is a control character then, was something else.
  return [as(encoding).replace(/[\x80-\x9f]/g, LOST), bytes.some((byte) => byte > 0x7f)];
}

/** Return the text that a page shows: blocks begin new lines, what is hidden is left out; see naqoura_talks.copies. */
function pageText(html, rules) {
  const parts = [];
  const walk = (node, struck, drawn) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) parts.push(struck ? child.data.replace(/\S/gu, "$&\u0336") : child.data);
      if (child.nodeType !== Node.ELEMENT_NODE) continue;
      const tag = child.localName.toLowerCase(), get = (name) => child.getAttribute(name) ?? "";
      if (tag === "template" && (child.hasAttribute("shadowrootmode") || child.hasAttribute("shadowmode"))) {
        throw new UnreadableCopy(`This page has text in shadow roots, which are not read. ${HINT}`);
      }
      const style = child.getAttribute("style-") ?? get("style");
      if (child.hasAttribute("hidden") || (tag === "dialog" && !child.hasAttribute("open")) || /display\s*:\s*none/i.test(style)) continue;
      if (Object.hasOwn(rules.shown, tag) && !rules.withoutValue.has(get("type").toLowerCase())) {
        for (const name of rules.shown[tag]) if (get(name).trim()) parts.push(` ${Array.from(get(name)).slice(0, 200).join("")} `);
      }
      if (rules.hidden.has(tag) || (drawn && rules.hiddenInSvg.has(tag))) continue;
      const edge = (rules.block.has(tag) ? "\n" : "") + (tag === "bdo" && get("dir").toLowerCase() === "rtl" ? LOST : "");
      parts.push(edge);
      walk(child, struck || rules.struck.has(tag), drawn || tag === "svg");
      parts.push(edge);
    }
  };
  // The document is inert: it runs nothing and loads nothing. Its styles go, as the policy of this page would complain
  // of each; what stands in noscript is no element where scripts run.
  html = html.replace(/<(\/?)(?:style|noscript)(?![\w-])/gi, "<$1noembed");
  html = html.replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/(\s)style(\s*=)/gi, "$1style-$2"));
  walk(new DOMParser().parseFromString(html, "text/html"), false, false);
  return parts.join("");
}

/** Return {text, guessed}: the canonical text of a copy, which is the bytes of a file or pasted text. */
function readCopy(copy, rules) {
  if (copy.length > LARGEST_FILE) throw new UnreadableCopy(`This is larger than ${LARGEST_FILE / 1e6} MB. ${HINT}`);
  let text = copy, guessed = false, declared = "";
  if (typeof copy !== "string") {
    const start = latin1(copy.subarray(0, 8));
    for (const [mark, what] of Object.entries(rules.not_a_text)) {
      if (start.startsWith(mark)) throw new UnreadableCopy(`This is ${what}, not a text. ${HINT}`);
    }
    const head = latin1(copy.subarray(0, 8192)).split(/\r?\n\r?\n/, 1)[0];
    if (/^(?:[\w-]+:|From )/.test(head) && /^(?:mime-version:|content-type:\s*multipart\/)/im.test(head)) {
      [copy, declared] = unpacked(latin1(copy));
    }
    [text, guessed] = decode(copy, declared, rules);
  }
  if (new RegExp(rules.page, "i").test(text)) text = pageText(text, rules);
  else if (text.includes("&")) text = pageText(text.replaceAll("<", "&lt;"), rules); // for its entities
  if (text.length > LARGEST_TEXT) throw new UnreadableCopy(`This holds more than ${LARGEST_TEXT} characters of text. ${HINT}`);
  text = rules.clean(text);
  if ((text.match(/[\p{L}\p{N}]+|\s/gu)?.length ?? 0) > 2 * MOST_WORDS) throw new UnreadableCopy(`This holds more than ${MOST_WORDS} words. ${HINT}`);
  if (!text) throw new UnreadableCopy(`This holds no text. ${HINT}`);
  return { text, guessed };
}

// --- finding the passages ---

/** A copy on one line, with its folded UTF-8 and where each code point begins in it: offsets are code points. */
function indexed(line, rules) {
  const points = Array.from(line), folded = Array.from(rules.fold(line)), size = folded.length;
  const encoder = new TextEncoder(), bytes = encoder.encode(folded.join(""));
  const byteAt = new Uint32Array(size + 1);
  folded.forEach((c, i) => { byteAt[i + 1] = byteAt[i] + encoder.encode(c).length; });
  const letter = folded.map((c) => /[\p{L}\p{N}]/u.test(c)), within = letter.map((is, i) => is && letter[i - 1]), starts = [];
  for (let i = 0; i < size; i += 1) {
    // A passage may begin after a space, at a word, and at quotation marks and the like just before one.
    if (folded[i] === " " || within[i]) continue;
    let at = i;
    while (at < i + 3 && at < size && !letter[at] && folded[at] !== " ") at += 1;
    if (letter[at] || i === 0 || folded[i - 1] === " ") starts.push(i);
  }
  const isClear = (start, end) => { for (let i = start; i < end; i += 1) if (!rules.isMark.test(folded[i])) return false; return true; };
  return { points, folded, bytes, byteAt, within, starts, isClear, size };
}

function isAt(copy, start, end, digest) {
  return start >= 0 && end <= copy.size &&
    sha256Words(copy.bytes, copy.byteAt[start], copy.byteAt[end]).every((word, i) => word === digest[i]);
}

const lengthOf = (passage) => passage.end - passage.start;

/** Return for each passage {start, end, digest} every place of a copy where it begins, as verify._places does. */
function placesOf(copy, passages) {
  const found = passages.map((p) => copy.starts.filter((at) => at + lengthOf(p) <= copy.size &&
    !copy.within[at + lengthOf(p)] && isAt(copy, at, at + lengthOf(p), p.digest)));
  const join = (known, sought) => {
    for (const place of [...found[known]]) {
      const at = known < sought ? place + lengthOf(passages[known]) : place - lengthOf(passages[sought]);
      if (!found[sought].includes(at) && isAt(copy, at, at + lengthOf(passages[sought]), passages[sought].digest)) {
        found[sought] = [...found[sought], at].sort((a, b) => a - b);
      }
    }
  };
  for (let i = 1; i < passages.length; i += 1) join(i - 1, i);
  for (let i = passages.length - 1; i > 0; i -= 1) join(i, i - 1);
  return found;
}

/** Return where the passages stand one after the other, all and in order, with nothing but marks between them. */
function wholeRuns(copy, places, passages) {
  return places[0].map((first) => {
    const run = [first];
    for (let i = 1; i < passages.length; i += 1) {
      const end = run[i - 1] + lengthOf(passages[i - 1]), next = places[i].find((place) => place >= end);
      if (next === undefined || !copy.isClear(end, next)) return null;
      run.push(next);
    }
    return run;
  }).filter(Boolean);
}

/** Return one place of each passage, or null: the first after the one before, as near as can be to the next. */
function choose(places, passages) {
  let end = 0, following = null;
  const chosen = places.map((here, i) => {
    const at = here.find((place) => place >= end) ?? here[0] ?? null;
    if (at !== null) end = at + lengthOf(passages[i]);
    return at;
  });
  for (let i = chosen.length - 1; i >= 0; i -= 1) {
    if (chosen[i] === null) continue;
    const before = following;
    chosen[i] = following = places[i].findLast((at) => before !== null && at + lengthOf(passages[i]) <= before) ?? chosen[i];
  }
  return chosen;
}

/** Return the numbers of the most passages whose places follow each other; any other that is found has moved. */
function inOrder(at) {
  const longest = (lines) => lines.reduce((best, line) => (line.length > best.length ? line : best), []), best = [];
  at.forEach((place, i) => {
    if (place !== null) best.push([...longest(best.filter((line) => at[line.at(-1)] < place)), i]);
  });
  return longest(best);
}

/** Refuse a copy in which characters that could not be read may be all that a passage lacks. */
function refuseUnreadable(copy, guessed, passages, at, line) {
  const doubtful = (c) => (guessed ? c > "\x7f" : c === LOST), n = passages.length;
  for (let k = 0; k <= line.length; k += 1) {
    const i = k ? line[k - 1] : -1, j = k < line.length ? line[k] : n;
    let start = k ? at[i] + lengthOf(passages[i]) : 0, stop = k < line.length ? at[j] : copy.size;
    if (i < 0 && line.length) start = Math.max(0, stop - 2 * passages[j].start - 200);
    else if (j === n && line.length) stop = Math.min(stop, start + 2 * (passages.at(-1).end - passages[i].end) + 200);
    const part = Array.from({ length: stop - start }, (_, place) => start + place), readable = part.filter((place) => !doubtful(copy.folded[place]));
    const lost = at.slice(i + 1, j).includes(null), inside = line.length > 0 && i >= 0 && j < n;
    if (readable.length < part.length && (lost || (inside && readable.every((place) => copy.isClear(place, place + 1))))) {
      throw new UnreadableCopy("Characters in or beside its sentences cannot be read: they fit no encoding, are turned " +
        "round, or the encoding is not declared. Save the copy again as UTF-8.");
    }
  }
}

/** Compare one coded text's passages and spans with a copy, as verify._against does. */
function against(copy, guessed, passages, spans) {
  const places = placesOf(copy, passages), runs = wholeRuns(copy, places, passages);
  const at = runs[0] ?? choose(places, passages), line = inOrder(at);
  const again = runs.length ? places.filter((here, i) => here.some((place) => !runs.some((run) => run[i] === place))).length : 0;
  refuseUnreadable(copy, guessed, passages, at, line);
  const words = (start, end) => copy.points.slice(start, end).join(""), ends = (i) => at[i] + lengthOf(passages[i]);
  const between = new Map();
  line.slice(1).forEach((j, k) => {
    if (!copy.isClear(ends(line[k]), at[j])) between.set(line[k], words(ends(line[k]), at[j]).trim());
  });
  const held = new Map(); // span → shift from the coded text to the copy
  const result = passages.map((passage, i) => {
    const mine = spans.filter((span) => span.start < passage.end && span.end > passage.start);
    // In a changed passage, what comes before the change lies as the passage before says, and
    // what comes after it as the passage after says.
    const before = line.findLast((n) => n < i), after = line.find((n) => n > i);
    const tries = at[i] === null ? [before, after].filter((n) => n !== undefined) : [i];
    for (const shift of new Set(tries.map((n) => at[n] - passages[n].start))) {
      for (const span of mine) {
        if (!held.has(span) && isAt(copy, span.start + shift, span.end + shift, span.digest)) held.set(span, shift);
      }
    }
    // What stands in the place of a lost passage: all between its neighbours, or as much as it is long.
    const from = before === undefined ? at[after] - lengthOf(passage) : ends(before), to = at[after] ?? from + lengthOf(passage);
    const count = mine.filter((span) => held.has(span)).length;
    const found = line.includes(i) ? "found" : "moved", lost = count || between.has(before) ? "changed" : "missing";
    return {
      id: passage.id, status: at[i] === null ? lost : found, shift: at[i] === null ? null : at[i] - passage.start,
      spans: mine.length, held: count, between: between.get(i) ?? null,
      instead: at[i] === null && tries.length ? words(Math.max(0, from), to).trim() : "",
    };
  });
  const count = (text) => text.split(" ").filter(Boolean).length;
  return {
    passages: result, held, again, words, wordsBefore: line.length ? count(words(0, at[line[0]])) : 0,
    wordsAfter: line.length ? count(words(ends(line.at(-1)), copy.size)) : 0,
    holds: line.length === passages.length && held.size === spans.length && !between.size && 2 * again <= passages.length,
  };
}
