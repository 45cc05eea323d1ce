/**
 * In the browser: revives the islands of a page.
 *
 * @module
 */
import { type ComponentChild, Fragment, type FunctionComponent, h, render, type VNode } from "preact";
import { setBuildId } from "./build_id.ts";
import { deserialize } from "./serialize.ts";

/** JSX that was handed to an island, by its number on the page. */
class SlotReference {
  constructor(readonly id: number, readonly name: string) {}
}

interface Page {
  readonly islands: Record<string, FunctionComponent>;
  readonly props: Record<string, unknown>[];
  /** What the server has rendered for each slot, as far as it is found. */
  readonly slots: Map<number, VNode>;
}

/** A range of siblings between two comments. */
interface Marked {
  readonly kind: "island" | "slot";
  readonly name: string;
  readonly index: number;
  readonly start: Comment;
  readonly end: Comment;
  readonly nodes: Node[];
}

/** Revives all islands that are marked on the page. */
export function boot(islands: Record<string, FunctionComponent>, payload: string, build: string): void {
  setBuildId(build);
  const props = deserialize(payload, [{
    type: "Slot",
    read: (value) => {
      const { id, name } = value as { id: number; name: string };
      return new SlotReference(id, name);
    },
  }]) as Record<string, unknown>[];
  const page: Page = { islands, props, slots: new Map() };
  for (const marked of topLevel(document.body)) {
    collectSlots(marked.nodes, page);
    setTimeout(() => render(islandNode(marked, page), rootBetween(marked)), 0);
  }
}

/** The islands that stand in no other. */
function topLevel(parent: Node): Marked[] {
  const found: Marked[] = [];
  for (let node = parent.firstChild; node; node = node.nextSibling) {
    const marked = markedAt(node);
    if (marked?.kind === "island") {
      found.push(marked);
      node = marked.end;
    } else if (node.hasChildNodes()) found.push(...topLevel(node));
  }
  return found;
}

/** The range that a comment begins, if it does. */
function markedAt(node: Node): Marked | undefined {
  if (node.nodeType !== Node.COMMENT_NODE) return undefined;
  const parts = /^frsh:(island|slot):([^:]*):([^:]*)/.exec((node as Comment).data);
  if (!parts) return undefined;
  const kind = parts[1] as Marked["kind"];
  const [name, index] = kind === "island" ? [parts[2], Number(parts[3])] : [parts[3], Number(parts[2])];
  const nodes: Node[] = [];
  let depth = 0;
  for (let at = node.nextSibling; at; at = at.nextSibling) {
    if (at.nodeType === Node.COMMENT_NODE) {
      const { data } = at as Comment;
      if (data.startsWith(`frsh:${kind}:`)) depth++;
      if (data === `/frsh:${kind}` && depth-- === 0) {
        return { kind, name, index, start: node as Comment, end: at as Comment, nodes };
      }
    }
    nodes.push(at);
  }
  return undefined;
}

function collectSlots(nodes: readonly Node[], page: Page): void {
  let end: Node | undefined;
  for (const node of nodes) {
    if (end) {
      if (node === end) end = undefined;
      continue;
    }
    const marked = markedAt(node);
    if (marked?.kind === "slot") {
      page.slots.set(marked.index, h(Fragment, null, toVNodes(marked.nodes, page)));
      end = marked.end;
    } else collectSlots([...node.childNodes], page);
  }
}

function islandNode({ name, index }: Marked, page: Page): VNode {
  const props = Object.fromEntries(
    Object.entries(page.props[index]).map(([key, value]) => [
      key,
      value instanceof SlotReference ? slotNode(value, page) : value,
    ]),
  );
  return h(page.islands[name], props);
}

function slotNode({ id, name }: SlotReference, page: Page): VNode | null {
  const known = page.slots.get(id);
  if (known) return known;
  const template = document.getElementById(`frsh-${id}-${name}`) as HTMLTemplateElement | null;
  if (!template) return null;
  const marked = markedAt(template.content.firstChild!)!;
  const made = h(Fragment, null, toVNodes(marked.nodes, page));
  page.slots.set(id, made);
  return made;
}

/** What the server has rendered, as JSX; islands in it as their components. */
function toVNodes(nodes: readonly Node[], page: Page): ComponentChild[] {
  const made: ComponentChild[] = [];
  let end: Node | undefined;
  for (const node of nodes) {
    if (end) {
      if (node === end) end = undefined;
      continue;
    }
    const marked = markedAt(node);
    if (marked) {
      end = marked.end;
      if (marked.kind === "island") {
        collectSlots(marked.nodes, page);
        made.push(islandNode(marked, page));
      } else made.push(...toVNodes(marked.nodes, page));
    } else if (node.nodeType === Node.TEXT_NODE) made.push((node as Text).data);
    else if (node.nodeType === Node.ELEMENT_NODE) made.push(elementNode(node as Element, page));
  }
  return made;
}

function elementNode(element: Element, page: Page): VNode {
  const attributes = Object.fromEntries(Array.from(element.attributes, ({ name, value }) => [name, value]));
  return h(element.localName, attributes, ...toVNodes([...element.childNodes], page)) as VNode;
}

/** What Preact takes for an element that has the island's nodes for children, and nothing else. */
function rootBetween({ start, end }: Marked): Element {
  const parent = start.parentNode!;
  const children = (): Node[] => {
    const nodes: Node[] = [];
    for (let node = start.nextSibling; node && node !== end; node = node.nextSibling) nodes.push(node);
    return nodes;
  };
  return {
    nodeType: 1,
    parentNode: parent,
    namespaceURI: (parent as Element).namespaceURI,
    get firstChild() {
      const first = start.nextSibling;
      return first === end ? null : first;
    },
    get childNodes() {
      return children();
    },
    appendChild: (node: Node) => parent.insertBefore(node, end),
    insertBefore: (node: Node, before: Node | null) => parent.insertBefore(node, before ?? end),
    removeChild: (node: Node) => parent.removeChild(node),
    contains: (node: Node) => parent.contains(node),
  } as unknown as Element;
}
