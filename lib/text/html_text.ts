/**
 * The text in HTML.
 *
 * @module
 */
import { namedCharacters, numberedCharacter, referencedNumber } from "./entities.ts";

/** Elements whose text is no text of the page. */
const hidden: ReadonlySet<string> = new Set(["rp", "rt", "script", "style", "template"]);
/** Elements in which nothing is markup but their own end. */
const raw: ReadonlySet<string> = new Set(["script", "style"]);
/** Elements that end where they begin. */
const empty: ReadonlySet<string> = new Set(
  ("area base basefont bgsound br col command embed frame hr image img input isindex keygen link menuitem meta nextid " +
    "param source spacer track wbr").split(" "),
);

const startTag = /<([a-zA-Z][^\t\n\r\f />]*)/y;
const attribute = /[\s/]*(?<=['"\s/])[^\s/>][^\s/=>]*(?:\s*=+\s*(?:'[^']*'|"[^"]*"|(?!['"])[^>\s]*))?/y;
const tagEnd = /\s*(\/?)[\s/]*>/y;
const endTag = /<\/\s*([a-zA-Z][^\t\n\r\f />]*)?[^>]*>/y;
const comment = /<!--[^]*?--\s*>/y;
const cdata = /<!\[cdata\[([^]*?)\]\s*\]\s*>/iy;
/** The beginnings of marked sections, by how they end. */
const sectionStarts = {
  double: /<!\[\s*(?:cdata|temp|ignore|include|rcdata)\b/iy,
  single: /<!\[\s*(?:if|else|endif)\b/iy,
};
const sectionEnds = { double: /\]\s*\]\s*>/g, single: /\]\s*>/g };
const declaration = /<[!?][^>]*>/y;
const reference =
  /&(?:#([0-9]+|[xX][0-9a-fA-F]+)(?=[^0-9a-fA-F])|([a-zA-Z][\-.a-zA-Z0-9]*)(?=[^a-zA-Z0-9]));?/y;

/** Reads HTML from its beginning to its end. */
class HtmlReader {
  readonly #html: string;
  readonly #open: string[] = [];
  // How many elements of a name are open.
  readonly #openOf = new Map<string, number>();
  // How many elements are open where the outermost hidden one is the last of them.
  #hiddenFrom = Infinity;
  // No markup ends after this.
  readonly #lastClose: number;
  #position = 0;
  #text = "";
  // Whether something incomplete has been found, after which the parser gives up sooner.
  #pressed = false;
  // Ends that were looked for up to the end of the text, and are not looked for again: a text takes time in proportion to its
  // length, whatever is in it.
  readonly #missing = new Set<RegExp>();
  // Places in the attributes of tags from where no end was found.
  readonly #endless = new Set<number>();

  constructor(html: string) {
    this.#html = html;
    this.#lastClose = html.lastIndexOf(">");
  }

  read(): string {
    while (this.#position < this.#html.length) {
      const next = this.#find(/[<&]/g);
      this.#say(this.#html.slice(this.#position, next));
      this.#position = next;
      if (this.#html[next] === "<") this.#markup();
      else if (next < this.#html.length) this.#reference();
    }
    return this.#text;
  }

  #say(text: string): void {
    if (this.#hiddenFrom > this.#open.length) this.#text += text;
  }

  /** Where an expression matches next; the end if nowhere. */
  #find(expression: RegExp): number {
    expression.lastIndex = this.#position;
    return expression.exec(this.#html)?.index ?? this.#html.length;
  }

  /** Goes over what matches here. */
  #take(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#position;
    const match = expression.exec(this.#html);
    if (match) this.#position = expression.lastIndex;
    return match;
  }

  #markup(): void {
    const start = this.#position;
    const after = this.#html[start + 1] ?? "";
    const taken = start < this.#lastClose && (
      /[a-zA-Z]/.test(after)
        ? this.#startTag()
        : after === "/"
        ? this.#endTag()
        : /[!?]/.test(after) && this.#declaration()
    );
    if (taken) return;
    if (/[a-zA-Z/!?]/.test(after)) {
      // Markup that does not end is text, up to the next sign of markup.
      this.#pressed = true;
      const close = start < this.#lastClose ? this.#html.indexOf(">", start + 1) : -1;
      const open = this.#html.indexOf("<", start + 1);
      this.#position = close >= 0 ? close + 1 : open >= 0 ? open : start + 1;
    } else {
      this.#position = start + 1;
    }
    this.#say(this.#html.slice(start, this.#position));
  }

  #startTag(): boolean {
    const start = this.#position;
    const name = this.#take(startTag)![1].toLowerCase();
    const passed: number[] = [];
    const goesOn = () => {
      if (this.#endless.has(this.#position)) return false;
      passed.push(this.#position);
      return this.#take(attribute) !== null;
    };
    while (goesOn());
    const end = this.#take(tagEnd);
    if (!end) {
      for (const place of passed) this.#endless.add(place);
      this.#position = start;
      return false;
    }
    if (end[1] || empty.has(name)) return true;
    const depth = this.#open.push(name);
    this.#openOf.set(name, (this.#openOf.get(name) ?? 0) + 1);
    if (hidden.has(name)) this.#hiddenFrom = Math.min(this.#hiddenFrom, depth);
    // Within these there is no markup. What is in them is hidden, so that one may go straight to their end.
    if (raw.has(name)) {
      this.#position = this.#find(name === "style" ? /<\/\s*style\s*>/gi : /<\/\s*script\s*>/gi);
    }
    return true;
  }

  #endTag(): boolean {
    const match = this.#take(endTag);
    const name = match?.[1]?.toLowerCase() ?? "";
    if (this.#openOf.get(name)) {
      let closed: string;
      do {
        closed = this.#open.pop()!;
        this.#openOf.set(closed, this.#openOf.get(closed)! - 1);
      } while (closed !== name);
    }
    if (this.#open.length < this.#hiddenFrom) this.#hiddenFrom = Infinity;
    return match !== null;
  }

  #declaration(): boolean {
    if (this.#html.startsWith("<!--", this.#position)) return this.#takeClosed(comment) !== null;
    if (!this.#html.startsWith("<![", this.#position)) return this.#take(declaration) !== null;
    const isData = this.#html.slice(this.#position, this.#position + 9).toLowerCase() === "<![cdata[";
    const text = isData ? this.#takeClosed(cdata)?.[1] : undefined;
    // Beautiful Soup shows such a section wherever it is, an empty one as a space.
    if (text !== undefined) this.#text += text || " ";
    return text !== undefined || this.#takeSection("double") || this.#takeSection("single");
  }

  /** Goes over what matches here; where it begins here but ends nowhere, no other is looked for. */
  #takeClosed(expression: RegExp): RegExpExecArray | null {
    if (this.#missing.has(expression)) return null;
    const match = this.#take(expression);
    if (!match) this.#missing.add(expression);
    return match;
  }

  /** Goes over a marked section that begins here and ends as its kind does. */
  #takeSection(kind: keyof typeof sectionStarts): boolean {
    const start = this.#position;
    const end = sectionEnds[kind];
    if (this.#missing.has(end) || !this.#take(sectionStarts[kind])) return false;
    end.lastIndex = this.#position;
    if (end.test(this.#html)) {
      this.#position = end.lastIndex;
      return true;
    }
    this.#missing.add(end);
    this.#position = start;
    return false;
  }

  #reference(): void {
    const html = this.#html;
    const match = this.#take(reference);
    if (match) {
      const [, number, name] = match;
      this.#say(
        number === undefined
          ? namedCharacters(name) ?? `&${name}`
          : numberedCharacter(referencedNumber(number)),
      );
    } else if (
      html.startsWith("&#", this.#position) && html.includes(";", this.#position) && !this.#pressed
    ) {
      this.#pressed = true;
      this.#say("&#");
      this.#position += 2;
    } else if (/[a-zA-Z#]/.test(html[this.#position + 1] ?? "")) {
      // A reference that the end of the text, or the want of a digit, leaves incomplete: the parser takes the rest as it
      // is, and loses the sign where a single letter is left.
      const rest = html.slice(this.#position);
      this.#say(/^&[a-zA-Z]$/.test(rest) ? rest.slice(1) : rest);
      this.#position = html.length;
    } else {
      this.#say("&");
      this.#position++;
    }
  }
}

/**
 * The text of a page or a piece of HTML, as Beautiful Soup's `.text` gives it with Python's `html.parser`: tags,
 * comments, declarations and what is in `script`, `style`, `template`, `rt` and `rp` vanish, character references become
 * characters. Nothing is put where a tag was. A `<` that begins no tag is text, and so is a tag that does not end.
 *
 * Malformed markup follows the parser of Python 3.11; later ones differ in what an unclosed tag or comment takes along.
 *
 * @param html Any text.
 */
export function htmlText(html: string): string {
  return new HtmlReader(html).read();
}
