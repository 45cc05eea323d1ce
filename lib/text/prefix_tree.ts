/**
 * A set of byte strings, each with a number, that is searched byte by byte: all members that a text begins with are
 * found in one walk.
 */
export class PrefixTree {
  /** The node to begin at. */
  static readonly root = 0;

  // From a node and a byte, as node * 256 + byte, to the next node.
  readonly #edges = new Map<number, number>();
  readonly #values: number[] = [-1];

  /**
   * Adds a member.
   *
   * @param key Its bytes, at least one.
   * @param value Its number, at least 0.
   */
  insert(key: Uint8Array, value: number): void {
    let node = PrefixTree.root;
    for (const byte of key) {
      const edge = node * 256 + byte;
      let next = this.#edges.get(edge);
      if (next === undefined) {
        next = this.#values.push(-1) - 1;
        this.#edges.set(edge, next);
      }
      node = next;
    }
    this.#values[node] = value;
  }

  /** The node that a byte leads to; undefined if no member goes on with it. */
  step(node: number, byte: number): number | undefined {
    return this.#edges.get(node * 256 + byte);
  }

  /** The number of the member that ends at a node; -1 if none does. */
  value(node: number): number {
    return this.#values[node];
  }

  /** How many bytes from `start` on are the longest member that stands there; 0 if none does. */
  longest(bytes: Uint8Array, start: number): number {
    let length = 0;
    let node: number | undefined = PrefixTree.root;
    for (let i = start; i < bytes.length; i++) {
      node = this.step(node, bytes[i]);
      if (node === undefined) break;
      if (this.value(node) >= 0) length = i + 1 - start;
    }
    return length;
  }
}
