import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { renderReport, type Report } from "#analytics/report.ts";
import { corpus, evilReport, sampleReport } from "./report_samples.ts";

const executablePath = "/usr/bin/chromium";

/** Without Debian's chromium these tests are skipped: `apt-get install chromium`. */
const ignore = !await Deno.stat(executablePath).then(() => true, () => false);

// Playwright looks for Windows below /proc/sys when it is loaded, which Deno lets nobody do who lacks every permission.
Deno.env.set("__IS_WSL_TEST__", "1");
const { chromium } = await import("playwright-core");

const axeSource = await Deno.readTextFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"));

const desktop = { viewport: { width: 1280, height: 900 } } as const;
const views: Readonly<Record<string, BrowserContextOptions>> = {
  "a desktop in light": { ...desktop, colorScheme: "light" },
  "a desktop in dark": { ...desktop, colorScheme: "dark" },
  "a phone in light": { viewport: { width: 390, height: 844 }, colorScheme: "light", isMobile: true },
  "a phone without script": {
    viewport: { width: 390, height: 844 },
    javaScriptEnabled: false,
    isMobile: true,
  },
};

/** A page, and all that it asked for and complained of. */
interface Opened {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

async function withReport(
  report: Report,
  view: BrowserContextOptions,
  look: (opened: Opened) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  let browser: Browser | undefined;
  try {
    await Deno.writeTextFile(`${folder}/report.html`, renderReport(report));
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
    const page = await (await browser.newContext(view)).newPage();
    const [requests, complaints]: [string[], string[]] = [[], []];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(`file://${folder}/report.html`);
    await look({ page, requests, complaints });
  } finally {
    await browser?.close();
    await Deno.remove(folder, { recursive: true });
  }
}

function browserTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `renderReport() in chromium ${name}`, ignore, fn });
}

/** Two analyses, one with two charts. */
async function twoAnalyses(): Promise<Report> {
  const report = await sampleReport();
  const [first] = report.sections;
  const { analysis, charts } = first!;
  const second = {
    ...first!,
    analysis: { ...analysis, name: "second", title: "Second" },
    charts: [...charts, ...charts],
  };
  return { ...report, sections: [first!, second] };
}

for (const [name, view] of Object.entries(views)) {
  browserTest(`fetches nothing, complains of nothing and fits ${name}`, async () => {
    await withReport(await sampleReport(), view, async ({ page, requests, complaints }) => {
      deepEqual(requests.filter((url) => !url.startsWith("data:")).length, 1);
      deepEqual(complaints, []);
      if (view.javaScriptEnabled === false) return;
      const width = await page.locator("html").evaluate((html) => html.scrollWidth);
      ok(width <= view.viewport!.width, `the page is ${width} pixels wide`);
    });
  });
}

browserTest("shows every picture, with its size and an alternative text, in the reader's theme", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    await withReport(await sampleReport(), { ...desktop, colorScheme }, async ({ page }) => {
      const pictures = await page.locator("img").evaluateAll((images) =>
        images.map((image) => ({
          drawn: image.complete && image.naturalWidth === image.width && image.naturalHeight === image.height,
          sized: image.hasAttribute("width") && image.hasAttribute("height"),
          alt: image.alt,
          dark: image.currentSrc.includes("15181e"),
        }))
      );
      equal(pictures.length, 1);
      for (const { drawn, sized, alt, dark } of pictures) {
        ok(drawn && sized && alt.length > 20);
        equal(dark, colorScheme === "dark");
      }
    });
  }
});

browserTest("leads from the contents to every analysis", async () => {
  await withReport(await twoAnalyses(), desktop, async ({ page }) => {
    const links = page.locator("nav a");
    equal(await links.count(), 2);
    for (const link of await links.all()) {
      await link.click();
      const heading = page.locator(decodeURIComponent(new URL(page.url()).hash));
      equal(await heading.textContent(), await link.textContent());
    }
  });
});

browserTest(
  "tells time and value where one points, and enlarges the picture on a click and on Enter",
  async () => {
    await withReport(await sampleReport(), desktop, async ({ page, complaints }) => {
      const image = page.locator("img");
      const { width, height } = (await image.boundingBox())!;
      await image.hover({ position: { x: width / 2, y: height / 2 } });
      // The plot goes from 70 to 938 of 960 pixels, and from 00:00 to 00:19.
      match((await page.locator("figure b").textContent())!, /^2023-03-10 00:08:5\d UTC {2}[\d.]+$/);
      ok(await page.locator("figure b").isVisible());
      await image.hover({ position: { x: 5, y: 5 } });
      ok(!await page.locator("figure b").isVisible());
      await image.click();
      equal(Math.round((await image.boundingBox())!.width / width * 10) / 10, 2.5);
      await page.locator("figure .scroll").press("Enter");
      equal((await image.boundingBox())!.width, width);
      deepEqual(complaints, []);
    });
  },
);

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(`satisfies axe in ${colorScheme}`, async () => {
    await withReport(await twoAnalyses(), { ...desktop, colorScheme }, async ({ page }) => {
      await page.evaluate(axeSource);
      const violations = await page.evaluate(async () => {
        // deno-lint-ignore no-explicit-any -- axe puts itself there
        const { violations } = await (globalThis as any).axe.run();
        return violations.map(({ id, nodes }: { id: string; nodes: { html: string }[] }) =>
          `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`
        );
      });
      deepEqual(violations, []);
    });
  });
}

browserTest("keeps every text of the corpus a text", async () => {
  await withReport(await evilReport(corpus), desktop, async ({ page, requests, complaints }) => {
    equal(requests.filter((url) => !url.startsWith("data:")).length, 1);
    deepEqual(complaints, []);
    const theirs = "main script, header script, svg, iframe, object, [onerror], [onload], [onmouseover]";
    equal(await page.locator(theirs).count(), 0);
    const protocols = await page.locator("a").evaluateAll((links) => links.map(({ protocol }) => protocol));
    ok(protocols.every((protocol) => protocol === "file:"), protocols.join(", "));
    const sizes = await page.locator("img").evaluateAll((images) =>
      images.map((image) => image.naturalWidth)
    );
    ok(sizes.every((size) => size > 0), "every picture can be drawn");
    const titles = await page.locator("section > h2").allTextContents();
    for (const text of corpus.slice(0, -1)) ok(titles.includes(text), `${text} is there to be read`);
  });
});
