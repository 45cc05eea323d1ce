/** How many jobs are asked for at a time; there is room for others' between them. */
const AT_A_TIME = 16;

/**
 * Does something with items, several at a time, the first ones first.
 *
 * @param items The items.
 * @param f Does it; what it throws keeps those that follow from being begun.
 * @throws what was thrown first, when all that was begun is over.
 */
export async function sideBySide<T>(
  items: readonly T[],
  f: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const i = next++;
      try {
        await f(items[i], i);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  const working = Array.from({ length: Math.min(AT_A_TIME, items.length) }, work);
  try {
    await Promise.all(working);
  } finally {
    await Promise.allSettled(working);
  }
}
