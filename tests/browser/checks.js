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
const SECTIONS = ["reading", "timeline", "who", "statements", "ceasefire", "report", "tables", "use"];

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
    verdict: own?.verdict,
    source: own?.source.id,
    passages: own && Object.fromEntries(own.passages.map((p) => [p.id, [p.status, p.spans, p.held, p.between]])),
    words: own && Object.fromEntries(own.source.spans.map((s) => [s.id, wordsOf(s)])),
  }));
}

const CHECKS = {
  async sections_render_from_disk_and_from_localhost() {
    for (const url of [file("real"), served("real"), file("made_up")]) {
      await open(url, {}, async (page) => {
        for (const id of SECTIONS) {
          const text = await page.locator(`#${id}`).innerText();
          assert.ok(text.length > 200, `section ${id} is empty at ${url}`);
        }
        assert.ok(await shown(page, "#timeline .event svg.track"), "no event is drawn");
        assert.ok(await shown(page, ".matrix .part"), "no part is shown");
        assert.ok(await shown(page, ".shape rect"), "no shape is drawn");
      });
    }
  },

  async first_view_within_a_second() {
    for (const name of ["real", "large"]) {
      await open(served(name), {}, async (page) => {
        const ms = await page.evaluate(() => new Promise((resolve) => {
          new PerformanceObserver((list) => resolve(list.getEntriesByName("first-contentful-paint")[0].startTime)).observe({ type: "paint", buffered: true });
        }));
        assert.ok(ms < 1000, `first paint of ${name} after ${ms} ms`);
      });
    }
  },

  async makes_sense_without_scripts() {
    await open(`${file("real")}#${job.row}`, { javaScriptEnabled: false }, async (page) => {
      for (const selector of ["#timeline .event", ".matrix .part", ".statement", ".card", `tr[id="${job.row}"]`]) {
        assert.ok(await page.locator(selector).first().isVisible(), selector);
      }
      assert.ok((await page.locator(`tr[id="${job.row}"]`).boundingBox()).y < 900, "the row of the address is not in view");
      assert.equal(await shown(page, "button, form, label.actor"), 0, "a control without its script");
    });
  },

  async an_address_leads_to_its_row() {
    await open(`${served("real")}#${job.row}`, {}, async (page) => {
      assert.ok(await page.locator("#inspector").isVisible());
      assert.match(await page.locator("#inspector").innerText(), new RegExp(job.row));
      assert.ok(await page.locator(`tr.on[id="${job.row}"]`).isVisible());
      await page.click("#inspector button:has-text('Close')");
      // In the page a row opens beside what is read: nothing jumps.
      await page.locator("#timeline .event a").first().scrollIntoViewIfNeeded();
      const before = await page.evaluate(() => scrollY);
      const key = (await page.locator("#timeline .event a").first().getAttribute("href")).slice(1);
      await page.locator("#timeline .event a").first().click();
      assert.match(page.url(), new RegExp(`#${key}$`));
      assert.equal(await page.evaluate(() => scrollY), before);
      await page.goBack();
      assert.match(await page.locator("#inspector").innerText(), new RegExp(job.row));
    });
    await open(`${file("real")}#${job.evidence}`, {}, async (page) => {
      assert.ok(await page.locator(`tr.on[id="${job.evidence}"]`).isVisible());
    });
    // A claim is shown as one: with whose word it is.
    for (const [key, said] of [["evt-truce-breach", "says Spokesman for Norland"], ["clm-spokesman-breach-sudland", "says Spokesman for Norland"],
      ["stm-spokesman-useful", "says Spokesman for Norland"], ["evt-harbour-talks", "narrator"]]) {
      await open(`${file("made_up")}#${key}`, {}, async (page) => {
        assert.equal(await page.locator("#inspector .who").first().innerText(), said);
      });
    }
    await open(`${file("real")}#table-codes`, {}, async (page) => {
      assert.ok(await page.locator("#table-codes").isVisible());
      assert.equal(await shown(page, "section.table"), 1);
    });
  },

  async choosing_an_actor_filters_everything() {
    await open(file("real"), {}, async (page) => {
      const counts = () => page.evaluate(() => Object.fromEntries(
        ["#timeline li[data-actors]", ".matrix tbody tr", ".statement", ".card", "#table-events tbody tr"].map((s) =>
          [s, [...document.querySelectorAll(s)].filter((e) => e.checkVisibility()).length])));
      const all = await counts();
      await page.selectOption("#actor", job.actor);
      const some = await counts();
      for (const [selector, n] of Object.entries(some)) assert.ok(n < all[selector], `${selector}: ${n} of ${all[selector]}`);
      assert.equal(some["#table-events tbody tr"], job.actor_events);
      assert.match(page.url(), new RegExp(`#actor=${job.actor}$`));
      await page.selectOption("#actor", "");
      assert.deepEqual(await counts(), all);
      await page.locator(`.matrix thead a[href="#actor=${job.actor}"]`).click();
      assert.deepEqual(await counts(), some);
    });
    await open(`${served("real")}#actor=${job.actor}`, {}, async (page) => {
      assert.equal(await page.inputValue("#actor"), job.actor);
    });
  },

  async tables_sort_and_filter() {
    await open(file("real"), {}, async (page) => {
      await page.click(".picker a[href='#table-evidence']");
      assert.equal(await page.locator("#table-evidence tbody tr").count(), 300);
      await page.click("#table-evidence button:has-text('more')");
      assert.equal(await page.locator("#table-evidence tbody tr").count(), 600);
      const column = (n) => page.locator(`#table-evidence tbody tr td:nth-child(${n})`).allInnerTexts();
      await page.click("#table-evidence th[data-column=char_start] button");
      const up = (await column(6)).map(Number);
      assert.deepEqual(up, [...up].sort((a, b) => a - b));
      await page.click("#table-evidence th[data-column=char_start] button");
      const down = (await column(6)).map(Number);
      assert.ok(down[0] > up[0] && down[0] >= down[50]);
      assert.equal(await page.getAttribute("#table-evidence th[data-column=char_start]", "aria-sort"), "descending");
      await page.fill("#table-evidence input", job.row.toUpperCase());
      const rows = await column(3);
      assert.ok(rows.length > 0 && rows.length < 300);
    });
  },

  async downloads_are_the_published_files() {
    await open(served("real"), { acceptDownloads: true }, async (page) => {
      const save = async (selector, name) => {
        const [download] = await Promise.all([page.waitForEvent("download"), page.locator(selector).first().click()]);
        await download.saveAs(path.join(job.folder, name));
      };
      await save("#table-events button:has-text('Download CSV')", "events.csv");
      await save("button.all", "tables.zip");
    });
  },

  async copy_buttons_copy() {
    await open(served("real"), { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
      await page.locator(".snippet:has-text('Cite') .copy").click();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), job.citation);
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
        assert.ok(found.ms < 2000, `${copy.name}: ${Math.round(found.ms)} ms`);
      });
    }
  },

  async with_a_copy_the_words_are_shown() {
    await open(file("made_up"), {}, async (page) => {
      const { words } = await checkCopy(page, { paste: job.made_up_text });
      assert.equal(await shown(page, ".shape"), 0);
      const reading = await page.locator("#words").innerText();
      assert.deepEqual(reading.split(/\s+/).filter(Boolean), job.made_up_text.split(/\s+/));
      // Words lead to rows …
      await page.locator("#words a", { hasText: "Port Vell" }).first().click();
      assert.match(await page.locator("#inspector").innerText(), /Talks in Port Vell/);
      await page.keyboard.press("Escape");
      // … and a cell to its words, in the row and where it is pointed at.
      const id = Object.keys(words).find((key) => key.includes("evt-harbour-talks-place-id"));
      await page.locator("#table-events tr[id='evt-harbour-talks'] td", { hasText: "plc-port-vell" }).hover();
      assert.equal(await page.locator("#tip q").innerText(), words[id]);
      await page.locator("#table-events a[href='#evt-harbour-talks']").first().click();
      assert.ok((await page.locator("#inspector q").allInnerTexts()).includes(words[id]));
      assert.ok(await shown(page, "#words a.on"));
      await page.keyboard.press("Escape");
      await page.click("#forget");
      assert.equal(await page.locator("#words").innerText(), "");
      assert.equal(await shown(page, ".shape"), 1);
      assert.ok(!(await page.content()).includes("calls the talks") && (await page.inputValue("#paste")) === "");
    });
  },

  async a_page_can_be_dropped() {
    await open(file("made_up"), {}, async (page) => {
      const transfer = await page.evaluateHandle((html) => {
        const data = new DataTransfer();
        data.items.add(new File([html], "page.html", { type: "text/html" }));
        return data;
      }, `<p>${job.made_up_text.replaceAll("\n", "</p><p>")}</p>`);
      await page.dispatchEvent(".own", "drop", { dataTransfer: transfer });
      await page.waitForFunction(() => document.querySelector("#verdict").textContent.includes("word for word"));
    });
  },

  async both_languages_agree_on_the_vectors() {
    await open(file("real"), {}, async (page) => {
      const got = await page.evaluate((vectors) => vectors.map((v) => {
        const bytes = v.base64 === undefined ? null : Uint8Array.from(atob(v.base64), (c) => c.charCodeAt(0));
        let canonical;
        try { canonical = bytes ? readCopy(bytes, RULES).text : RULES.canonicalise(v.text); } catch (error) { return { error: error.message }; }
        return { canonical, folded: RULES.fold(v.text ?? canonical), sha256: RULES.digest(v.text ?? canonical) };
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
        const cells = await page.evaluate((k) => ITEMS.get(k).cells, key);
        assert.ok(cells.includes(text), `${key} does not hold ${text}`);
        await page.evaluate((k) => { location.hash = k; }, key);
        await page.waitForFunction((k) => document.querySelector("#inspector .key").textContent.includes(k), key);
        assert.ok((await page.locator("#inspector").evaluate((e) => e.textContent)).includes(text), `the row ${key} is shown without ${text}`);
      }
      await page.selectOption("#actor", { index: 1 });
      assert.equal(await page.evaluate(() => window.pwned), undefined);
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

  async axe_finds_no_serious_fault() {
    for (const [options, hash] of [[{}, ""], [{ colorScheme: "dark" }, `#${job.row}`], [{ viewport: { width: 390, height: 800 } }, `#${job.row}`]]) {
      await open(file("real") + hash, options, async (page) => {
        if (!hash) await checkCopy(page, { paste: "Some other text." });
        await page.evaluate(axe);
        const faults = await page.evaluate(async () => (await window.axe.run()).violations
          .filter((v) => ["serious", "critical"].includes(v.impact))
          .map((v) => `${v.id}: ${v.nodes.length} × ${v.nodes[0].target} ${v.nodes[0].failureSummary}`));
        assert.deepEqual(faults, []);
      });
    }
  },

  async keyboard_alone_suffices() {
    await open(file("made_up"), {}, async (page) => {
      const active = () => page.evaluate(() => document.activeElement.outerHTML.slice(0, 200));
      /** Press Tab until the element is reached. */
      const tabTo = async (selector, limit = 400) => {
        for (let i = 0; i < limit; i += 1) {
          await page.keyboard.press("Tab");
          if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return;
        }
        assert.fail(`${selector} is not reached by Tab; at ${await active()}`);
      };
      await tabTo(".skip", 1);
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.id), "main");
      await tabTo("#timeline .event a");
      const link = await active();
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.id), "inspector");
      await page.keyboard.press("Escape");
      assert.equal(await active(), link);
      await tabTo(".matrix thead a");
      await page.keyboard.press("Enter");
      assert.notEqual(await page.inputValue("#actor"), "");
      await tabTo(".shape a");
      await page.keyboard.press("Enter");
      assert.match(await page.locator("#inspector").innerText(), /Rows on this sentence/);
      await page.keyboard.press("Escape");
      await tabTo("#paste");
      await page.keyboard.insertText(job.made_up_text);
      await tabTo("#own button[type=submit]");
      await page.keyboard.press("Enter");
      assert.match(await page.locator("#verdict").innerText(), /word for word/);
      await page.evaluate(() => setActor(""));
      await tabTo("section.table:not([hidden]) th button");
      await page.keyboard.press("Enter");
      assert.equal(await shown(page, "th[aria-sort]"), 1);
    });
  },

  async narrow_dark_and_print_look_right() {
    for (const width of [320, 390, 768]) {
      await open(file("real"), { viewport: { width, height: 800 } }, async (page) => {
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, `${width} px: the page is wider`);
      });
    }
    await open(file("real"), { colorScheme: "dark" }, async (page) => {
      const light = (rgb) => rgb.match(/\d+/g).slice(0, 3).map(Number).reduce((a, b) => a + b) / 3;
      const colours = await page.evaluate(() => { const s = getComputedStyle(document.body); return [s.backgroundColor, s.color]; });
      assert.ok(light(colours[0]) < 60 && light(colours[1]) > 180, String(colours));
      // On paper it is light again, without what only a screen can use.
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      const paper = await page.evaluate(() => { const s = getComputedStyle(document.body); return [s.backgroundColor, s.color]; });
      assert.ok(light(paper[0]) > 240 && light(paper[1]) < 60, String(paper));
      assert.equal(await shown(page, ".bar, .copy, #own, .tools, #tables"), 0);
      assert.ok(await shown(page, ".statement") && await shown(page, ".matrix"));
      assert.ok((await page.pdf({ format: "A4" })).length > 20_000);
    });
  },

  async twenty_thousand_rows_of_evidence() {
    await open(served("large"), {}, async (page) => {
      const timed = async (what, limit, run) => {
        const started = performance.now();
        await run();
        const ms = performance.now() - started;
        assert.ok(ms < limit, `${what}: ${Math.round(ms)} ms`);
      };
      await timed("choosing the table", 1500, () => page.click(".picker a[href='#table-evidence']"));
      assert.match(await page.locator("#table-evidence .tools").innerText(), /20000 rows/);
      await timed("sorting", 1500, () => page.click("#table-evidence th[data-column=row_id] button"));
      await timed("filtering", 1500, () => page.fill("#table-evidence input", "place_id"));
      await timed("a row", 1500, () => page.locator("#timeline .event a").first().click());
      await page.keyboard.press("Escape");
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
