// Keeps the pages of a static site, so that they can be read and computed with where there is no connection.
// The list stands in the place of these names: a version that is another one for each build, and the files of every page.
const VERSION = "VERSION_OF_SITE";
const FILES = ["FILES_OF_SITE"];
const CACHE = `denoise-site-${VERSION}`;

/** How long after an answer its file is kept, in milliseconds: a reader who waits for the runtime does not wait for that too. */
const LATER = 2000;

addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES);
    await skipWaiting();
  })());
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("denoise-site-") && name !== CACHE) await caches.delete(name);
    }
    await clients.claim();
  })());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  // Weights and the runtime are kept by those who open them, and parts of files are for the host alone.
  if (/\/tab\/(models\/.*\.safetensors|.*\.wasm\.gz)$/.test(url.pathname) || request.headers.has("range")) {
    return;
  }
  event.respondWith(answer(request, event));
});

/** Keeps a file, which the browser has just fetched. */
async function keep(cache, address) {
  await new Promise((resolve) => setTimeout(resolve, LATER));
  await cache.add(address).catch(() => {});
}

/** Pages and lists from the host where it can be reached, so that they are the latest; all else from what is kept. */
async function answer(request, event) {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request, { ignoreSearch: true });
  const fetched = async () => {
    const response = await fetch(request);
    if (response.status === 200) event.waitUntil(keep(cache, request.url.replace(/[?#].*/, "")));
    return response;
  };
  if (known && request.mode !== "navigate") return known;
  try {
    return await fetched();
  } catch (error) {
    if (known) return known;
    throw error;
  }
}
