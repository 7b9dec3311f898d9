"use strict";
// What naqoura_talks.text, copies and verify do in Python, for the reader's browser: the canonical text, its
// digests, and which passages and spans a copy holds. tests/test_site.py asks both the same and compares.

// SHA-256 (FIPS 180-4), because crypto.subtle answers asynchronously and each word of a copy needs an answer.
const SHA_K = new Int32Array(64);
const SHA_START = new Int32Array(8);
for (let n = 2, found = 0; found < 64; n += 1) {
  let prime = true;
  for (let d = 2; d * d <= n; d += 1) if (n % d === 0) prime = false;
  if (!prime) continue;
  // The first 32 bits of the fractional parts of square and cube roots of the first primes.
  if (found < 8) SHA_START[found] = (Math.sqrt(n) % 1) * 2 ** 32;
  SHA_K[found] = (Math.cbrt(n) % 1) * 2 ** 32;
  found += 1;
}
const SHA_W = new Int32Array(64);
const SHA_BLOCK = new Uint8Array(128);

function shaBlock(state, bytes, at) {
  const w = SHA_W;
  for (let i = 0; i < 16; i += 1, at += 4) {
    w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15], y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + SHA_K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

/** Return the SHA-256 of bytes[start:end] as eight 32-bit words; the array is used again by the next call. */
const SHA_STATE = new Int32Array(8);
function sha256Words(bytes, start, end) {
  SHA_STATE.set(SHA_START);
  const size = end - start;
  let at = start;
  for (; at + 64 <= end; at += 64) shaBlock(SHA_STATE, bytes, at);
  const rest = end - at, blocks = rest < 56 ? 1 : 2;
  SHA_BLOCK.fill(0);
  for (let i = 0; i < rest; i += 1) SHA_BLOCK[i] = bytes[at + i];
  SHA_BLOCK[rest] = 0x80;
  const bits = size * 8, last = blocks * 64;
  for (let i = 0; i < 6; i += 1) SHA_BLOCK[last - 1 - i] = Math.floor(bits / 2 ** (8 * i)) & 255;
  for (let i = 0; i < blocks; i += 1) shaBlock(SHA_STATE, SHA_BLOCK, i * 64);
  return SHA_STATE;
}

function hex(words) {
  return Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** Return canonicalise, fold and digest by the character table that Python reads too. */
function textRules(table) {
  const point = (name) => String.fromCodePoint(parseInt(name, 16));
  const clean = new Map(), folded = new Map();
  for (const name of table.drop) clean.set(point(name), "");
  for (const name of table.line) clean.set(point(name), "\n");
  for (const name of table.space) clean.set(point(name), " ");
  for (const [to, names] of Object.entries(table.fold)) for (const name of names) folded.set(point(name), point(to));
  for (const name of table.space) folded.set(point(name), " ");
  const each = (text, map) => Array.from(text, (c) => map.get(c) ?? c).join("");
  const canonicalise = (text) =>
    each(text.replaceAll("\r\n", "\n"), clean).normalize("NFC").split("\n")
      .map((line) => line.replace(/ +/g, " ").replace(/^ | $/g, "")).filter(Boolean).join("\n");
  const fold = (text) => each(text, folded);
  const digest = (span) => {
    const bytes = new TextEncoder().encode(fold(span));
    return hex(sha256Words(bytes, 0, bytes.length));
  };
  return { canonicalise, fold, digest };
}

// --- reading a copy ---

const LARGEST_COPY = 5_000_000;
const HIDDEN = new Set("script style template noscript svg iframe object".split(" "));
const INLINE = new Set(("a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q rp rt ruby s " +
  "samp small span strike strong sub sup time tt u var wbr").split(" "));

class UnreadableCopy extends Error {}

/** Return the text of the bytes: by byte order mark, as UTF-16 without one, UTF-8 or Windows-1252. */
function decode(bytes) {
  const starts = (...mark) => mark.every((byte, i) => bytes[i] === byte);
  const latin1 = () => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const as = (encoding) => new TextDecoder(encoding, { fatal: true }).decode(bytes);
  let tries = ["utf-8", "windows-1252"];
  if (starts(0xef, 0xbb, 0xbf)) tries = ["utf-8"];
  else if (starts(0xff, 0xfe, 0, 0) || starts(0, 0, 0xfe, 0xff)) {
    const view = new DataView(bytes.buffer, bytes.byteOffset), points = [];
    for (let i = 4; i + 4 <= bytes.length; i += 4) points.push(view.getUint32(i, bytes[0] === 0xff));
    if (bytes.length % 4 || points.some((p) => p > 0x10ffff || (p >= 0xd800 && p < 0xe000))) return latin1();
    return points.map((p) => String.fromCodePoint(p)).join("");
  } else if (starts(0xff, 0xfe)) tries = ["utf-16le"];
  else if (starts(0xfe, 0xff)) tries = ["utf-16be"];
  else if (bytes.subarray(0, 4096).includes(0)) {
    // UTF-16 of a text in Latin letters has a NUL in nearly every second byte, on the same side.
    const head = bytes.subarray(0, 4096), zeros = [0, 0];
    head.forEach((byte, i) => { if (byte === 0) zeros[i % 2] += 1; });
    const most = Math.max(...zeros);
    if (Math.min(...zeros) * 20 > most || most * 3 < Math.ceil(head.length / 2)) {
      throw new UnreadableCopy("This is a binary file, not a text. Save the report as plain text or as a web page.");
    }
    tries = [zeros[0] > zeros[1] ? "utf-16be" : "utf-16le"];
  }
  for (const encoding of tries) {
    // Windows-1252 leaves five bytes undefined; the Encoding Standard does not.
    if (encoding === "windows-1252" && bytes.some((byte) => [0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte))) continue;
    try { return as(encoding); } catch { continue; }
  }
  return latin1();
}

/** Return the text that a page shows: blocks begin new lines, scripts and styles are left out. */
function pageText(html) {
  const parts = [];
  const walk = (node) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) parts.push(child.data);
      else if (child.nodeType === Node.ELEMENT_NODE && !HIDDEN.has(child.localName)) {
        const edge = INLINE.has(child.localName) ? "" : "\n";
        parts.push(edge);
        walk(child);
        parts.push(edge);
      }
    }
  };
  // The document is inert: it runs nothing and loads nothing. Its styles go, as the policy of this page would complain
  // of each; a style element becomes another whose content is hidden too.
  html = html.replace(/<(\/?)style\b/gi, "<$1iframe");
  html = html.replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
  walk(new DOMParser().parseFromString(html, "text/html"));
  return parts.join("");
}

/** Return the canonical text of a copy: the bytes of a plain text or saved page, or pasted text. */
function readCopy(copy, rules) {
  const hint = "Give the report as plain text or as a saved page.";
  if (copy.length > LARGEST_COPY) throw new UnreadableCopy(`This is larger than ${LARGEST_COPY / 1e6} MB. ${hint}`);
  let text = copy;
  if (typeof copy !== "string") {
    const magic = ["%PDF", "PK\x03\x04", "\x89PNG", "\xff\xd8\xff", "\xd0\xcf\x11\xe0"];
    const head = String.fromCharCode(...copy.subarray(0, 4));
    if (magic.some((mark) => head.startsWith(mark))) {
      throw new UnreadableCopy(`This is a PDF, office or picture file. ${hint}`);
    }
    text = decode(copy);
  }
  if (/<(!doctype html|html|head|body|div|p|br|article|span)\b/i.test(text)) text = pageText(text);
  else if (text.includes("&")) text = pageText(text.replaceAll("<", "&lt;")); // for its entities
  text = rules.canonicalise(text);
  if (!text) throw new UnreadableCopy(`This holds no text. ${hint}`);
  return text;
}

// --- finding the passages ---

/** A copy on one line, with its folded UTF-8 and where each code point begins in it: offsets are code points. */
function indexed(line, rules) {
  const points = Array.from(line), folded = Array.from(rules.fold(line));
  const bytes = new TextEncoder().encode(folded.join(""));
  const byteAt = new Uint32Array(folded.length + 1);
  folded.forEach((c, i) => {
    const p = c.codePointAt(0);
    byteAt[i + 1] = byteAt[i] + (p < 0x80 ? 1 : p < 0x800 ? 2 : p < 0x10000 ? 3 : 4);
  });
  const alnum = Uint8Array.from(folded, (c) => (/[\p{L}\p{N}]/u.test(c) ? 1 : 0));
  const words = [];
  // Of Python's white space only these two are left in a canonical text of one line.
  const space = (c) => c === " " || c === "\x1f";
  folded.forEach((c, i) => { if (!space(c) && (i === 0 || space(folded[i - 1]))) words.push(i); });
  return { points, bytes, byteAt, alnum, words, size: folded.length };
}

function wanted(sha256) {
  return Int32Array.from({ length: 8 }, (_, i) => parseInt(sha256.slice(i * 8, i * 8 + 8), 16));
}

function isAt(copy, start, end, digest) {
  if (start < 0 || end > copy.size) return false;
  const words = sha256Words(copy.bytes, copy.byteAt[start], copy.byteAt[end]);
  for (let i = 0; i < 8; i += 1) if (words[i] !== digest[i]) return false;
  return true;
}

/** Return where each passage begins in a copy, or null; passages and spans are {start, end, digest}. */
function locate(copy, passages) {
  let shift = null, end = 0;
  return passages.map((passage) => {
    let at = null;
    if (shift !== null && isAt(copy, passage.start + shift, passage.end + shift, passage.digest)) {
      at = passage.start + shift;
    } else {
      const length = passage.end - passage.start, places = [];
      for (const start of copy.words) {
        const stop = start + length;
        // A passage ends at a word's edge: most places need no digest.
        if (stop > copy.size || (stop < copy.size && copy.alnum[stop] && copy.alnum[stop - 1])) continue;
        if (isAt(copy, start, stop, passage.digest)) places.push(start);
      }
      at = places.find((place) => place >= end) ?? places[0] ?? null;
    }
    if (at !== null) {
      shift = at - passage.start;
      end = at + passage.end - passage.start;
    }
    return at;
  });
}

/** Compare one coded text's passages and spans with a copy; return statuses, shifts, and which spans hold. */
function against(copy, passages, spans) {
  const shifts = locate(copy, passages).map((at, i) => (at === null ? null : at - passages[i].start));
  const held = new Map(); // span → shift from the coded text to the copy
  const result = passages.map((passage, i) => {
    const mine = spans.filter((span) => span.start < passage.end && span.end > passage.start);
    // In a changed passage, what comes before the change lies as the passage before says, and what
    // comes after it as the passage after says.
    const before = shifts.slice(0, i).findLast((s) => s !== null) ?? null;
    const after = shifts.slice(i + 1).find((s) => s !== null) ?? null;
    const tries = shifts[i] === null ? [before, after] : [shifts[i]];
    for (const shift of new Set(tries.filter((s) => s !== null))) {
      for (const span of mine) {
        if (!held.has(span) && isAt(copy, span.start + shift, span.end + shift, span.digest)) held.set(span, shift);
      }
    }
    const count = mine.filter((span) => held.has(span)).length;
    let status = "missing";
    if (shifts[i] !== null) status = "found";
    else if (count || (before !== null && after !== null && after - before > passage.start - passage.end)) status = "changed";
    return { id: passage.id, status, shift: shifts[i], spans: mine.length, held: count };
  });
  return { passages: result, held };
}

/** Say what the copy is, and how sure that is, in one sentence. */
function verdict(result, spans) {
  const found = result.passages.filter((p) => p.status === "found").length, n = result.passages.length;
  if (found === n && result.held.size === spans.length) {
    return "This is the coded text, word for word; digests leave no doubt of it.";
  }
  if (found === 0 && result.held.size === 0) {
    return "This is another text, or one so changed that no passage is left; which, cannot be told.";
  }
  if (2 * found >= n) {
    return "This is a copy of the coded text with changes; what was found is certain, what changed is located.";
  }
  return "Parts of the coded text are here; what was found is certain, but most is missing, " +
    "so that missing and changed passages are hard to tell apart.";
}

/** Check a copy against every coded text, as naqoura_talks.verify does; the one of which most is found is returned. */
function verifyCopy(copy, sources, rules) {
  const line = readCopy(copy, rules).replaceAll("\n", " ");
  const index = indexed(line, rules);
  const results = sources.map((source) => ({ source, ...against(index, source.passages, source.spans) }));
  const score = (r) => [r.passages.filter((p) => p.status === "found").length, r.held.size];
  results.sort((a, b) => score(b)[0] - score(a)[0] || score(b)[1] - score(a)[1]);
  const best = results[0];
  const words = (start, end) => index.points.slice(start, end).join("");
  return { ...best, words, verdict: verdict(best, best.source.spans) };
}
