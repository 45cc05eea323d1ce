/**
 * The report as one self-contained page.
 *
 * @module
 */
import type { FigureRecord, ReportRecord, SectionRecord } from "../record.ts";
import type { Section } from "../section.ts";
import { escapeHtml } from "./escape.ts";
import { figureHtml } from "./figure.ts";
import { blockHtml, inlineHtml } from "./markup.ts";
import { style } from "./style.ts";

/**
 * The page.
 *
 * @param report The records of the sections.
 * @param sections The sections, for their texts.
 * @param bytes Reads a figure's file.
 */
export async function reportPage(
  report: ReportRecord,
  sections: readonly Section[],
  bytes: (section: SectionRecord, figure: FigureRecord) => Promise<Uint8Array>,
): Promise<string> {
  const made = sections.flatMap((section) => {
    const record = report.sections.find(({ id }) => id === section.id);
    return record ? [{ section, record }] : [];
  });
  const contents = made.map(({ section }, i) =>
    `<li value="${i + 1}"><a href="#${section.id}">${escapeHtml(section.title)}</a></li>`
  );
  const parts: string[] = [];
  for (const { section, record } of made) {
    const figures: string[] = [];
    for (const figure of record.figures) {
      const source = `data:${figure.media.type};base64,${(await bytes(record, figure)).toBase64()}`;
      figures.push(figureHtml(figure, `${section.id}-${figure.name}`, source));
    }
    parts.push(
      `<article id="${section.id}"><h2>${escapeHtml(section.title)}</h2><p class="summary">${
        inlineHtml(section.summary)
      }</p>` +
        section.blocks.map(blockHtml).join("") + figures.join("") + details(record) + "</article>",
    );
  }
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Denoise: a report on diffusion models</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Denoise: a report on diffusion models</h1>
<p>What a diffusion model does, in figures you can reproduce: <code>deno task report</code>.</p>
<nav aria-label="Sections"><ol>${contents.join("")}</ol></nav>
</header>
<main>${parts.join("\n")}</main>
</body>
</html>
`;
}

/** How a section's figures were made. */
function details({ parameters, models, machine, seconds }: SectionRecord): string {
  const rows = Object.entries(parameters).map(([name, value]) =>
    `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td>${escapeHtml(shown(value))}</td></tr>`
  );
  const used = models.map(({ name, weights }) => `${name} (${weights})`).join(", ");
  const { runtime, device, instructions, threads } = machine;
  const on = [device, threads !== undefined && `${threads} threads`, instructions].filter(Boolean).join(", ");
  const made = `Made in ${seconds.toFixed(1)} s on ${on}, by ${runtime}` +
    `${used ? `, with ${used}` : ""}.`;
  return `<details><summary>Parameters</summary><table class="parameters"><tbody>${
    rows.join("")
  }</tbody></table>` +
    `<p>${escapeHtml(made)}</p></details>`;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
