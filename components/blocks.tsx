/** The text of a section. */
import type { Block } from "../report/section.ts";
import { formulaHtml, textHtml } from "../server/rich_text.ts";

/** Paragraphs, formulas and algorithms, in order. */
export function Blocks({ blocks }: { readonly blocks: readonly Block[] }) {
  return <>{blocks.map((block, i) => <BlockView key={i} block={block} />)}</>;
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "paragraph":
      return <p dangerouslySetInnerHTML={{ __html: textHtml(block.text) }} />;
    case "formula":
      return (
        <div
          class="formula"
          role="group"
          aria-label="Formula"
          tabIndex={0}
          dangerouslySetInnerHTML={{ __html: formulaHtml(block.tex, true) }}
        />
      );
    case "algorithm":
      return (
        <section class="algorithm">
          <p class="algorithm-title" dangerouslySetInnerHTML={{ __html: textHtml(block.title) }} />
          <ol>
            {block.lines.map((line) => {
              const indent = /^ */.exec(line)![0].length / 2;
              return (
                <li
                  style={indent ? `--indent: ${indent}` : undefined}
                  dangerouslySetInnerHTML={{ __html: textHtml(line.trimStart()) }}
                />
              );
            })}
          </ol>
        </section>
      );
  }
}
