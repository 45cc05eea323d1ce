/**
 * On the server: finds the islands of a page while it is rendered and marks them with comments, so that the browser
 * can revive them.
 *
 * @module
 */
import {
  type ComponentChildren,
  createContext,
  Fragment,
  type FunctionComponent,
  h,
  isValidElement,
  options,
  type VNode,
} from "preact";
import { useContext } from "preact/hooks";
import type { BuildCache, Island } from "./build_cache.ts";
import { asset, assetSrcSet } from "./runtime.ts";

/** What one page's rendering has come upon. */
export interface Rendering {
  readonly cache: BuildCache;
  /** What inline scripts and styles carry. */
  readonly nonce: string;
  readonly islands: Set<Island>;
  /** The props of each island, in the order of their marks. */
  readonly props: Record<string, unknown>[];
  /** JSX handed to islands, in the order of their ids. */
  readonly slots: { readonly name: string; readonly children: ComponentChildren; rendered: boolean }[];
}

let current: Rendering | undefined;

/** Runs a synchronous rendering in which islands are marked. */
export function rendering<T>(state: Rendering, render: () => T): T {
  const outer = current;
  current = state;
  try {
    return render();
  } finally {
    current = outer;
  }
}

/** Whether what is being rendered is an island's own output, in which islands are components like others. */
const Inside = createContext(false);

/** Nodes of islands that are not to be marked once more. */
const plain = new WeakSet<VNode>();

/** Preact calls `__b` before it renders a node. */
const hooks = options as typeof options & { __b?: (vnode: VNode) => void };
const previous = hooks.__b;
hooks.__b = (vnode) => {
  if (current) visit(vnode as VNode<Record<string, unknown>>, current);
  previous?.(vnode);
};

function visit(vnode: VNode<Record<string, unknown>>, { cache, nonce }: Rendering): void {
  const { type, props } = vnode;
  if (typeof type === "function") {
    const island = plain.has(vnode) ? undefined : cache.islands.get(type as FunctionComponent);
    if (island) {
      vnode.props = { component: type, island, props } as unknown as typeof props;
      vnode.type = Marked as unknown as typeof type;
    }
  } else if (type === "script" || type === "style") {
    props.nonce ??= nonce;
  } else if ((type === "img" || type === "source") && props["data-fresh-disable-lock"] === undefined) {
    if (typeof props.src === "string") props.src = asset(props.src);
    if (typeof props.srcset === "string") props.srcset = assetSrcSet(props.srcset);
  }
}

interface MarkedProps {
  readonly component: FunctionComponent;
  readonly island: Island;
  readonly props: Record<string, unknown>;
}

/** An island between its two comments; within another island, the component alone. */
function Marked({ component, island, props }: MarkedProps): VNode {
  const inside = useContext(Inside);
  const state = current;
  if (inside || !state) return withoutMark(component, props);
  const own = Object.fromEntries(
    Object.entries(props).map((
      [name, value],
    ) => [name, hasJsx(value, name) ? slot(value, name, state) : value]),
  );
  state.islands.add(island);
  const index = state.props.push(own) - 1;
  return h(
    Fragment,
    null,
    comment(`frsh:island:${island.name}:${index}:`),
    h(Inside.Provider, { value: true }, withoutMark(component, own)),
    comment("/frsh:island"),
  );
}

function withoutMark(component: FunctionComponent, props: Record<string, unknown>): VNode {
  const vnode = h(component, props);
  plain.add(vnode);
  return vnode;
}

function hasJsx(value: unknown, name: string): value is ComponentChildren {
  return isValidElement(value) || (Array.isArray(value) && value.some(isValidElement)) ||
    (name === "children" && typeof value === "string");
}

function slot(children: ComponentChildren, name: string, { slots }: Rendering): VNode {
  const id = slots.push({ name, children, rendered: false }) - 1;
  return h(Slot, { id, name }) as VNode;
}

/** What was handed to an island as JSX, between two comments. The page's own: islands in it are islands again. */
export function Slot({ id, name }: { id: number; name: string }): VNode | null {
  const entry = current?.slots[id];
  if (!entry) return null;
  entry.rendered = true;
  return h(
    Fragment,
    null,
    comment(`frsh:slot:${id}:${name}`),
    h(Inside.Provider, { value: false }, entry.children),
    comment("/frsh:slot"),
  );
}

function comment(text: string): VNode {
  return h(Fragment, { UNSTABLE_comment: text } as Record<string, unknown>);
}
