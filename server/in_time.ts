/** The timeout of a queue on another machine, in milliseconds. */
const PATIENCE = 2000;

/** Resolves to a promise's value, or undefined on timeout. */
export async function inTime<T>(value: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), PATIENCE);
  try {
    return await Promise.race([value, promise]);
  } finally {
    clearTimeout(timer);
  }
}
