import type { ComponentChildren } from "preact";

let collected: ComponentChildren[] | undefined;

/** Takes what a `Head` has in it, while a page is rendered. */
export function collectHead(children: ComponentChildren): void {
  collected?.push(children);
}

/** Runs a synchronous rendering, and hands back what its `Head`s had in them. */
export function withHead<T>(render: () => T): { result: T; head: ComponentChildren[] } {
  const outer = collected;
  const head = collected = [];
  try {
    return { result: render(), head };
  } finally {
    collected = outer;
  }
}
