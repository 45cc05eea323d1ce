/** How long a queue on another machine may take to answer, in milliseconds, before it counts as one that does not. */
const PATIENCE = 2000;

/** What comes in time; undefined where nothing does. */
export async function inTime<T>(value: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), PATIENCE);
  try {
    return await Promise.race([value, promise]);
  } finally {
    clearTimeout(timer);
  }
}
