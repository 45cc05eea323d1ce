// Lets the pages of this site be read without a connection after the first visit.
{
  const root = new URL(document.documentElement.dataset.root, document.baseURI);
  // Some windows allow no service workers: then the site is read as any other.
  navigator.serviceWorker?.register(new URL("service_worker.js", root), { scope: root }).catch(() => {});
}
