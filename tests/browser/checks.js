"use strict";
// The landing page in a real browser. tests/test_site.py writes the pages and copies, runs this file once, and has
// one test for each check here: node checks.js JOB.json prints {check: null or what is wrong} and what copies hold.

const assert = require("node:assert/strict");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

const job = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const SECTIONS = ["report", "said", "timeline", "who", "terms", "agreements", "check", "use"];

let browser, server, results;
const file = (name) => pathToFileURL(job.pages[name]).href;
const served = (name) => `http://localhost:${server.address().port}/${name}`;

/** Open a page in a context of its own; whatever it complains of is an error when it is closed. */
async function open(url, options = {}, run) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => { if (!/^(file|data|blob):|^http:\/\/localhost:/.test(request.url())) complaints.push(`request of ${request.url()}`); });
  page.on("dialog", (dialog) => { complaints.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  try {
    await page.goto(url);
    const result = await run(page, complaints);
    assert.deepEqual(complaints, []);
    return result;
  } finally {
    await context.close();
  }
}

const shown = (page, selector) => page.locator(selector).filter({ visible: true }).count();

/**
 * Return how many times slower than when idle the machine is at this moment, and never less than 1: what else it does
 * is not the page's. A fixed loop tells, which takes 25 ms when the machine is idle.
 */
const slowness = (page, throttled = 1) => page.evaluate((idle) => {
  const started = performance.now();
  let x = 0;
  for (let n = 0; n < 5e6; n += 1) x = (x * 31 + n) | 0;
  return Math.max(1, (performance.now() - started) / idle) + (x & 0);
}, 25 * throttled);

/** Complain if something took longer than its limit on an idle machine. */
async function within(page, what, ms, limit) {
  const times = await slowness(page);
  assert.ok(ms / times < limit, `${what}: ${Math.round(ms)} ms on a machine that is ${times.toFixed(1)} times slower than idle`);
}

/** Check a copy by the page's own form; return what the page says, and what its code found. */
async function checkCopy(page, copy) {
  if (copy.paste !== undefined) {
    await page.fill("#paste", copy.paste);
    await page.click("#own button[type=submit]");
  } else await page.setInputFiles("#file", copy.file);
  await page.waitForFunction(() => document.querySelector("#verdict").textContent !== "");
  return page.evaluate(() => ({
    says: document.querySelector("#verdict").textContent,
    error: own ? null : document.querySelector("#verdict p:last-child").textContent,
    ms: own?.ms,
    verdict: own && verdict(own),
    source: own?.source.id,
    passages: own && Object.fromEntries(own.passages.map((p) => [p.id, [p.status, p.spans, p.held, p.between]])),
    words: own && Object.fromEntries(own.source.spans.map((s) => [s.id, own.held.has(s) ? own.words(s.start + own.held.get(s), s.end + own.held.get(s)) : null])),
  }));
}

/** Return the keys of what each section shows, and the counts beside it. */
const told = (page) => page.evaluate(() => {
  const keys = (selector) => [...document.querySelectorAll(`${selector} .item details`)].filter((e) => e.checkVisibility()).map((e) => e.id).sort();
  return {
    statements: keys("#said"), events: keys("#timeline"), terms: keys("#terms"), agreements: keys("#agreements"),
    voices: Object.fromEntries([...document.querySelectorAll("[data-voice]")].map((e) => [e.dataset.voice, Number(e.textContent)])),
    counts: [...document.querySelectorAll(".count")].map((e) => e.textContent),
    rows: [...document.querySelectorAll(".matrix tbody tr")].filter((e) => e.checkVisibility()).length,
    lit: [...document.querySelectorAll("#report [data-by]:not(.dim)")].map((e) => e.dataset.by),
  };
});

/** Press Tab until the page is left; return how many elements take the focus. */
async function tabStops(page) {
  await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
  for (let n = 0; n < 500; n += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement === document.body)) return n;
  }
  return 500;
}

async function axeFaults(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => (await window.axe.run()).violations
    .map((v) => `${v.impact} ${v.id}: ${v.nodes.length} × ${v.nodes[0].target} ${v.nodes[0].failureSummary}`));
}

const CHECKS = {
  async sections_render_from_disk_and_from_localhost() {
    for (const url of [file("real"), served("real"), file("made_up")]) {
      await open(url, {}, async (page) => {
        for (const id of SECTIONS) {
          const text = await page.locator(`#${id}`).innerText();
          assert.ok(text.length > 100, `section ${id} is empty at ${url}`);
        }
        assert.ok(await shown(page, "#timeline .track .fill"), "no event is drawn");
        assert.ok(await shown(page, ".stretches rect"), "no sentence is drawn");
      });
    }
  },

  async first_view_within_a_second() {
    for (const name of ["real", "large"]) {
      await open(served(name), {}, async (page) => {
        const ms = await page.evaluate(() => new Promise((resolve) => {
          new PerformanceObserver((list) => resolve(list.getEntriesByName("first-contentful-paint")[0].startTime)).observe({ type: "paint", buffered: true });
        }));
        await within(page, `first paint of ${name}`, ms, 1000);
      });
    }
  },

  async a_speaker_can_be_chosen_at_a_sixth_of_the_speed() {
    const times = [];
    for (let i = 0; i < 5; i += 1) {
      await open("about:blank", {}, async (page) => {
        await (await page.context().newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: 6 });
        await page.goto(served("real"), { waitUntil: "commit" });
        await page.locator(`.speaker-link[href="#by-${job.speaker}"]`).first().click();
        await page.waitForFunction(() => document.querySelector("#said .count").textContent.includes(" of "), null, { polling: "raf" });
        times.push(await page.evaluate(() => performance.now()) / await slowness(page, 6));
      });
    }
    assert.ok(Math.min(...times) < 1500, `${times} ms from navigation to the effect`);
  },

  async first_view_is_readable_without_scripts() {
    for (const height of [860, 900]) {
      await open(file("real"), { javaScriptEnabled: false, viewport: { width: 1280, height } }, async (page) => {
        for (const selector of ["h1", ".finding", ".caution", ".key", ".speaker-link", ".sentence:last-child .stretches"]) {
          const box = await page.locator(selector).first().boundingBox();
          assert.ok(box && box.y + box.height <= height, `${selector} is not in the first view`);
        }
        assert.match(await page.locator(".finding").innerText(), new RegExp(`${job.told.narrator} .* ${job.told.speaker} `));
        assert.equal(await shown(page, "button, form, select"), 0, "a control without its script");
        await page.locator(".speaker-link").first().click();
        assert.ok(await page.locator("#said .group:target").isVisible());
      });
    }
  },

  async choosing_each_speaker_changes_every_section() {
    await open(file("real"), {}, async (page) => {
      const everything = await told(page);
      for (const [speaker, wanted] of Object.entries(job.spoken)) {
        await page.locator(`.speaker-link[href="#by-${speaker}"]`).first().click();
        const { lit, counts, ...got } = await told(page);
        assert.deepEqual(got, wanted, speaker);
        assert.deepEqual(counts, ["statements", "events", "terms", "agreements"].map((what) => `${wanted[what].length} of ${everything[what].length} ${what}`));
        assert.ok(lit.length && lit.every((by) => by.split(" ").includes(speaker)), `${speaker}: others are not dimmed`);
        assert.equal(await page.locator("#chosen li").count(), wanted.statements.length);
        assert.match(page.url(), new RegExp(`#by-${speaker}$`));
        assert.equal(await page.inputValue("#choice"), `by-${speaker}`);
      }
      await page.click("#chosen button");
      assert.deepEqual(await told(page), everything);
      await page.selectOption("#choice", `by-${job.speaker}`);
      assert.deepEqual((await told(page)).events, job.spoken[job.speaker].events);
      await page.goBack();
      assert.deepEqual(await told(page), everything);
    });
    await open(`${served("real")}#by-${job.speaker}`, {}, async (page) => {
      assert.deepEqual((await told(page)).statements, job.spoken[job.speaker].statements);
    });
  },

  async claims_off_leaves_what_the_report_asserts() {
    await open(file("real"), {}, async (page) => {
      const everything = await told(page);
      await page.click("#claims");
      const { lit, counts, ...got } = await told(page);
      assert.deepEqual(got, job.without_claims);
      assert.equal(await page.locator("#report .speaker[data-by]:not(.dim)").count(), 0);
      assert.equal(await page.getAttribute("#claims", "aria-pressed"), "true");
      assert.equal(await shown(page, ".matrix .speaker"), 0);
      await page.click("#claims");
      assert.deepEqual(await told(page), everything);
    });
  },

  async an_address_leads_to_where_a_thing_is_told() {
    await open(`${served("real")}#${job.row}`, {}, async (page) => {
      const item = page.locator(`details[id="${job.row}"]`);
      assert.ok(await item.evaluate((e) => e.open));
      const box = await item.boundingBox();
      assert.ok(box.y >= 0 && box.y < 860, `it is at ${box.y}`);
      assert.match(await item.locator(".card").innerText(), new RegExp(job.row));
      await page.evaluate((key) => { location.hash = key; }, job.part.key);
      await page.waitForFunction((key) => document.querySelector(".card code")?.textContent === key, job.part.key);
      assert.match(await item.locator(".card .head").innerText(), new RegExp(job.part.text.slice(0, 20)));
      await page.goBack();
      await page.waitForFunction((key) => document.querySelector(".card code")?.textContent === key, job.row);
    });
    // What is hidden by a choice is shown when an address leads to it, and the address stays.
    await open(`${file("real")}#claims-off`, {}, async (page) => {
      const key = job.spoken[job.speaker].events.find((one) => !job.without_claims.events.includes(one));
      await page.evaluate((k) => { location.hash = k; }, key);
      await page.locator(`details[id="${key}"] .card`).waitFor();
      assert.ok(page.url().endsWith(`#${key}`));
      await page.goBack();
      await page.waitForFunction(() => document.querySelector("#claims").getAttribute("aria-pressed") === "true");
    });
    // Each kind of row has its place, and none is told by its key.
    for (const [key, title] of Object.entries(job.titles)) {
      await open(`${file("real")}#${key}`, {}, async (page) => {
        assert.ok(await page.locator("#notice").isHidden(), key);
        const place = page.locator(".here");
        const box = await place.boundingBox();
        assert.ok(box.y < 860 && box.y + box.height > 0, `${key} is at ${box.y}`);
        assert.ok((await page.locator("main").innerText()).includes(title), `${key} is told without ${title}`);
      });
    }
    await open(`${file("real")}#evt-no-such-thing`, {}, async (page) => {
      assert.match(await page.locator("#notice").innerText(), /evt-no-such-thing.*no row/);
      assert.ok(await page.locator("#notice").evaluate((e) => e.getBoundingClientRect().top < innerHeight));
      await page.evaluate(() => { location.hash = "timeline"; });
      await page.waitForFunction(() => document.querySelector("#notice").hidden);
    });
  },

  async citing_a_row_gives_what_the_command_gives() {
    await open(served("real"), { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
      for (const [key, citation] of Object.entries(job.citations)) {
        await page.evaluate((k) => { location.hash = k; }, key);
        await page.locator(".card", { has: page.locator(`code:text-is("${key}")`) }).first().locator("button").click();
        await page.waitForFunction(async (text) => await navigator.clipboard.readText() === text, citation);
        assert.equal(await page.locator(".card pre:visible").first().evaluate((e) => e.textContent), citation);
        await page.evaluate(() => document.querySelectorAll(".card").forEach((e) => e.remove()));
      }
      await page.locator(".snippet:has-text('Cite') .copy").click();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), job.citation);
    });
  },

  async downloads_are_the_published_files() {
    await open(served("real"), { acceptDownloads: true }, async (page) => {
      const save = async (selector, name) => {
        const [download] = await Promise.all([page.waitForEvent("download"), page.locator(selector).click()]);
        await download.saveAs(path.join(job.folder, name));
      };
      await page.selectOption("#table", "events");
      await save("#one", "events.csv");
      await save("#all", "tables.zip");
    });
  },

  async copies_are_told_apart() {
    // What each copy holds goes to Python, which compares it with naqoura_talks.verify.
    results.copies = {};
    for (const name of new Set(job.copies.map((copy) => copy.page))) {
      await open(file(name), {}, async (page) => {
        for (const copy of job.copies.filter((c) => c.page === name)) {
          await page.evaluate(() => document.querySelector("#verdict").replaceChildren());
          results.copies[copy.name] = await checkCopy(page, copy);
        }
      });
    }
  },

  async a_large_page_takes_less_than_two_seconds() {
    for (const copy of job.large_copies) {
      await open(file("real"), {}, async (page) => {
        const found = await checkCopy(page, copy);
        await within(page, copy.name, found.ms, 2000);
      });
    }
  },

  async with_a_copy_the_words_take_the_place_of_the_bars() {
    await open(file("made_up"), {}, async (page) => {
      const { words } = await checkCopy(page, { paste: job.made_up_text });
      assert.equal(await shown(page, ".stretches"), 0);
      const reading = (await page.locator("a.words").allInnerTexts()).join(" ");
      assert.deepEqual(reading.split(/\s+/).filter(Boolean), job.made_up_text.split(/\s+/));
      // The words of a speaker are marked as theirs, and a row shows the words that it rests on.
      assert.match((await page.locator(".words .speaker").allInnerTexts()).join(" "), /useful/);
      assert.doesNotMatch((await page.locator(".words .narrator").allInnerTexts()).join(" "), /useful/);
      const id = Object.keys(words).find((key) => key.includes("evt-harbour-talks-place-id"));
      await page.locator("details[id='evt-harbour-talks'] summary").click();
      await page.locator("details[id='evt-harbour-talks'] .card").waitFor();
      assert.ok((await page.locator("details[id='evt-harbour-talks'] q").allInnerTexts()).includes(words[id]));
      await page.locator(".speaker-link").first().click();
      assert.ok(await page.locator(".words span.dim").count());
      await page.click("#forget");
      assert.equal(await page.locator("a.words").first().innerText(), "");
      assert.ok(await shown(page, ".stretches"));
      assert.ok(!(await page.content()).includes("called the talks") && (await page.inputValue("#paste")) === "");
    });
  },

  async a_changed_sentence_is_shown_as_it_stands() {
    for (const [from, to] of [["met for talks", "quarrelled"], ["useful", "useless"], ["is to leave", "may keep"]]) {
      await open(file("made_up"), {}, async (page) => {
        await checkCopy(page, { paste: job.made_up_text.replace(from, to) });
        const said = await page.locator("#verdict").evaluate((e) => e.textContent);
        assert.ok(said.includes(to) && !said.includes(from), `${to}: ${said}`);
        assert.ok((await page.locator("a.words").allInnerTexts()).join(" ").includes(to));
      });
    }
  },

  async a_page_can_be_dropped() {
    await open(file("made_up"), {}, async (page) => {
      const transfer = await page.evaluateHandle((html) => {
        const data = new DataTransfer();
        data.items.add(new File([html], "page.html", { type: "text/html" }));
        return data;
      }, `<p>${job.made_up_text.replaceAll("\n", "</p><p>")}</p>`);
      await page.dispatchEvent("#own", "drop", { dataTransfer: transfer });
      await page.waitForFunction(() => document.querySelector("#verdict").textContent.includes("word for word"));
    });
  },

  async both_languages_agree_on_the_vectors() {
    await open(file("real"), {}, async (page) => {
      const got = await page.evaluate((vectors) => vectors.map((v) => {
        const digestOf = (text, bytes = new TextEncoder().encode(text)) => sha256Words(bytes, 0, bytes.length);
        const bytes = v.base64 === undefined ? null : Uint8Array.from(atob(v.base64), (c) => c.charCodeAt(0));
        let canonical;
        try { canonical = bytes ? readCopy(bytes, copyRules()).text : copyRules().canonicalise(v.text); } catch (error) { return { error: error.message }; }
        return { canonical, folded: copyRules().fold(v.text ?? canonical), sha256: [...digestOf(copyRules().fold(v.text ?? canonical))].map((w) => (w >>> 0).toString(16).padStart(8, "0")).join("") };
      }), job.vectors);
      job.vectors.forEach((v, i) => {
        if (v.error) assert.match(got[i].error ?? "", new RegExp(v.error), v.name);
        else assert.deepEqual(got[i], { canonical: v.canonical, folded: v.folded, sha256: v.sha256 }, v.name);
      });
    });
  },

  async hostile_text_stays_text() {
    await open(file("hostile"), {}, async (page) => {
      await page.waitForTimeout(200);
      assert.equal(await page.evaluate(() => window.pwned), undefined);
      assert.equal(await page.locator("script").count(), 3);
      assert.equal(await page.locator("img, iframe, object, embed, b.evil, a[href^='javascript']").count(), 0);
      for (const [key, text] of Object.entries(job.hostile)) {
        assert.ok((await page.evaluate((k) => Object.values(read().rows.get(k).cells), key)).includes(text), `${key} does not hold ${text}`);
        await page.evaluate((k) => { location.hash = k; }, key);
        await page.waitForFunction((k) => document.querySelector(".here .card code")?.textContent === k, key);
        assert.ok((await page.locator(".here").evaluate((e) => e.textContent)).includes(text), `the row ${key} is shown without ${text}`);
      }
      await page.selectOption("#choice", { index: 2 });
      assert.equal(await page.evaluate(() => window.pwned), undefined);
      // What is no address of the web is no link, whatever row or licence names it.
      for (const link of await page.locator("a").evaluateAll((all) => all.map((a) => a.getAttribute("href")))) assert.match(link, /^(#|https?:\/\/|[.\w/]+$)/);
    });
    // An address is text too.
    for (const address of ["#%3Cimg src=x onerror=pwned=1%3E", "#%E0%A4%A", "#actor=%3Cscript%3E", "#at=nonsense", "#table-../x", "#__proto__"]) {
      await open(file("made_up") + address, {}, async (page) => {
        assert.equal(await page.evaluate(() => window.pwned), undefined);
        assert.equal(await page.locator("img").count(), 0);
      });
    }
  },

  async the_policy_holds() {
    await open(served("real"), {}, async (page, complaints) => {
      const wanted = ["connect-src", "fetch", "frame-src", "img-src", "script-src-elem", "style-src-elem"];
      const refused = await page.evaluate(async (wanted) => {
        const found = [];
        document.addEventListener("securitypolicyviolation", (event) => found.push(event.effectiveDirective));
        const add = (tag, properties) => document.body.append(Object.assign(document.createElement(tag), properties));
        add("script", { textContent: "window.pwned = 1" });
        add("style", { textContent: "body { display: none }" });
        add("script", { src: "/real" });
        add("img", { src: "/real" });
        add("iframe", { src: "/real" });
        add("div", { innerHTML: "<p onclick='pwned = 1' style='color: red'>x</p>" }); 
        document.querySelector("div:last-of-type p")?.click();
        await fetch("/real").catch(() => found.push("fetch"));
        setTimeout("window.pwned = 1");
        for (let i = 0; i < 100 && !wanted.every((directive) => found.includes(directive)); i += 1) {
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        return { found: [...new Set(found)].sort(), pwned: window.pwned, display: getComputedStyle(document.body).display };
      }, wanted);
      for (const directive of wanted) {
        assert.ok(refused.found.includes(directive), `${directive} is not refused: ${refused.found}`);
      }
      assert.equal(refused.pwned, undefined);
      assert.equal(refused.display, "block");
      complaints.length = 0; // the refusals themselves
    });
  },

  async axe_finds_no_fault() {
    for (const options of [{}, { colorScheme: "dark" }, { viewport: { width: 390, height: 800 } }]) {
      await open(`${file("real")}#${job.row}`, options, async (page) => {
        assert.deepEqual(await axeFaults(page), []);
        await page.selectOption("#choice", `by-${job.speaker}`);
        assert.deepEqual(await axeFaults(page), [], "with a speaker chosen");
      });
    }
    for (const copy of [{ paste: "Some other text." }, { paste: job.made_up_text }, { paste: job.made_up_text.replace("useful", "usefuL") }]) {
      await open(file("made_up"), {}, async (page) => {
        await checkCopy(page, copy);
        assert.deepEqual(await axeFaults(page), [], "after a check");
        assert.deepEqual(await page.locator("a").evaluateAll((all) => all.filter((a) => !a.textContent.trim() && !a.getAttribute("aria-label")).length), 0);
      });
    }
    if (job.real_copy) {
      await open(file("real"), {}, async (page) => {
        await checkCopy(page, { file: job.real_copy });
        assert.deepEqual(await axeFaults(page), [], "after a check of the report");
      });
    }
  },

  async few_tab_stops() {
    await open(file("real"), {}, async (page) => {
      const before = await tabStops(page);
      assert.ok(before > 20 && before <= 120, `${before} tab stops`);
      if (!job.real_copy) return;
      await checkCopy(page, { file: job.real_copy });
      const after = await tabStops(page);
      assert.ok(after > 20 && after <= 120, `${after} tab stops after a check`);
    });
  },

  async keyboard_alone_suffices() {
    await open(file("made_up"), {}, async (page) => {
      const at = (selector) => page.evaluate((s) => document.activeElement.matches(s), selector);
      /** Press Tab until the element is reached. */
      const tabTo = async (selector, limit = 120) => {
        for (let i = 0; i < limit; i += 1) {
          await page.keyboard.press("Tab");
          if (await at(selector)) return;
        }
        assert.fail(`${selector} is not reached by Tab`);
      };
      await tabTo(".skip", 1);
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.id), "main");
      await tabTo("a.words", 2);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      assert.match(await page.locator("#chosen").innerText(), /rest \d+ row/);
      await tabTo(".speaker-link");
      await page.keyboard.press("Enter");
      assert.notEqual(await page.inputValue("#choice"), "");
      await tabTo("#said summary");
      await page.keyboard.press("Enter");
      await page.locator("#said .card").waitFor();
      await tabTo("#paste");
      await page.keyboard.insertText(job.made_up_text);
      await tabTo("#own button[type=submit]");
      await page.keyboard.press("Enter");
      assert.match(await page.locator("#verdict").innerText(), /word for word/);
    });
  },

  async colour_means_voice_and_nothing_else() {
    for (const colorScheme of ["light", "dark"]) {
      await open(`${file("real")}#${job.row}`, { colorScheme }, async (page) => {
        const stray = await page.evaluate(() => {
          const coloured = (value) => {
            const [r, g, b, a = 1] = value.match(/[\d.]+/g)?.map(Number) ?? [];
            return a > 0 && Math.max(r, g, b) - Math.min(r, g, b) > 40;
          };
          const voice = ".voice, .fill, .stroke, .frame, stop, .words span";
          return [...document.querySelectorAll("body *")].filter((e) => !e.matches(voice)).flatMap((e) => {
            const style = getComputedStyle(e), names = ["color", "backgroundColor", "borderTopColor", "outlineColor"];
            return names.filter((name) => coloured(style[name])).map((name) => `${e.tagName}.${e.getAttribute("class")} ${name} ${style[name]}`);
          });
        });
        assert.deepEqual(stray, []);
      });
    }
  },

  async narrow_dark_and_print_look_right() {
    for (const width of [320, 390, 768]) {
      await open(file("real"), { viewport: { width, height: 800 } }, async (page) => {
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, `${width} px: the page is wider`);
      });
    }
    await open(file("real"), { colorScheme: "dark" }, async (page) => {
      const light = (rgb) => rgb.match(/\d+/g).slice(0, 3).map(Number).reduce((a, b) => a + b) / 3;
      const colours = () => page.evaluate(() => { const s = getComputedStyle(document.body); return [s.backgroundColor, s.color]; });
      const dark = await colours();
      assert.ok(light(dark[0]) < 60 && light(dark[1]) > 180, String(dark));
      const screens = await page.evaluate(() => document.documentElement.scrollHeight / 900);
      assert.ok(screens < 7.5, `${screens} screens`);
      // On paper it is light again, without what only a screen can use.
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      const paper = await colours();
      assert.ok(light(paper[0]) > 240 && light(paper[1]) < 60, String(paper));
      assert.equal(await shown(page, ".bar, .copy, #own, button, select"), 0);
      assert.ok(await shown(page, ".stretches") && await shown(page, ".matrix"));
      const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
      const pages = pdf.match(/\/Type \/Page\b/g).length;
      assert.ok(pages <= 7, `${pages} printed pages`);
    });
  },

  async twenty_thousand_rows_of_evidence() {
    await open(served("large"), {}, async (page) => {
      const timed = async (what, limit, run) => {
        const started = performance.now();
        await run();
        await within(page, what, performance.now() - started, limit);
      };
      await timed("choosing a speaker", 1500, () => page.locator(".speaker-link").first().click());
      await timed("a row", 1500, async () => {
        await page.locator("#said .item:visible summary").first().click();
        await page.locator("#said .card").waitFor();
      });
      await timed("checking a copy", 4000, () => checkCopy(page, { paste: job.made_up_text }));
      assert.match(await page.locator("#verdict").innerText(), /word for word/);
    });
  },
};

(async () => {
  const names = Object.keys(CHECKS);
  results = { checks: {}, seconds: {} };
  browser = await chromium.launch({ executablePath: job.chromium, args: FLAGS });
  server = http.createServer((request, response) => {
    const page = job.pages[request.url.slice(1)];
    response.writeHead(page ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
    response.end(page ? fs.readFileSync(page) : "");
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  for (const name of names) {
    const started = performance.now();
    try {
      await CHECKS[name]();
      results.checks[name] = null;
    } catch (error) {
      results.checks[name] = String(error.stack ?? error).slice(0, 3000);
    }
    results.seconds[name] = Math.round(performance.now() - started) / 1000;
  }
  await browser.close();
  server.close();
  fs.writeFileSync(path.join(job.folder, "results.json"), JSON.stringify(results));
})();
