// Runs the page's islands when somebody comes near one: they have been waiting as text.
{
  const waiting = document.getElementById("boot");
  const start = () => {
    if (!waiting.isConnected) return;
    observer.disconnect();
    for (const type of ["pointerdown", "keydown", "focusin"]) removeEventListener(type, meant, true);
    const script = document.createElement("script");
    script.type = "module";
    script.nonce = waiting.nonce;
    script.textContent = waiting.textContent;
    script.addEventListener("error", stale);
    waiting.replaceWith(script);
  };
  // Its scripts are gone where the gallery was built again after the page was loaded.
  const stale = () => {
    for (const element of document.querySelectorAll("[data-near]")) {
      const note = document.createElement("p");
      note.className = "error";
      note.setAttribute("role", "alert");
      const link = document.createElement("a");
      link.href = location.href;
      link.textContent = "Load it again";
      note.append("This page is older than the gallery that serves it. ", link, ".");
      element.prepend(note);
    }
  };
  const meant = ({ target }) => target instanceof Element && target.closest("[data-near]") && start();
  // What is in sight from the first moment is painted before its scripts take the processor: two frames after the page and
  // its pictures are there.
  const painted = () => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(start)));
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    if (document.readyState === "complete") return start();
    observer.disconnect();
    addEventListener("load", painted, { once: true });
  }, { rootMargin: "200px" });
  for (const element of document.querySelectorAll("[data-near]")) observer.observe(element);
  for (const type of ["pointerdown", "keydown", "focusin"]) addEventListener(type, meant, true);
  // A click on what is not alive yet counts as soon as it is.
  let clicked;
  addEventListener("click", ({ target }) => {
    clicked = target instanceof Element && target.closest('[data-ready="false"] button') || undefined;
  }, true);
  // So does a form that is sent: it is not for the browser to load the page again.
  addEventListener("submit", (event) => {
    const lab = event.target.closest('[data-ready="false"]');
    if (!lab) return;
    event.preventDefault();
    clicked = event.submitter ?? lab.querySelector(".run");
  }, true);
  new MutationObserver(() => {
    if (!clicked?.closest('[data-ready="true"]')) return;
    clicked.click();
    clicked = undefined;
  }).observe(document.body, { attributeFilter: ["data-ready"], subtree: true });
  // A result that the address asks for is wanted at once, and so is a job that went on while the page was loaded again.
  const runs = Object.keys(sessionStorage).some((name) => name.startsWith("job "));
  if (runs || location.search.length > 1) start();
}
