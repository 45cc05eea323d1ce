// The report as one reads it: what is far stays text until it is near, the contents say where one is, the strip of the
// opening is dragged through, and its prompt is drawn in the playground.
{
  const later = [...document.querySelectorAll("noscript.later")];
  /** Makes elements of a text that waits. */
  const unfold = (text) => {
    if (!text.isConnected) return;
    const body = document.createElement("div");
    body.className = "section-text";
    body.innerHTML = text.textContent;
    text.replaceWith(body);
  };
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      target.querySelectorAll("noscript.later").forEach(unfold);
    }
  }, { rootMargin: "600px" });
  for (const text of later) near.observe(text.parentElement);
  /** What lies before a place takes its room before anybody goes there. */
  const unfoldUpTo = (hash) => {
    const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!target) return;
    for (const text of later) {
      const order = target.compareDocumentPosition(text);
      if (order & (Node.DOCUMENT_POSITION_PRECEDING | Node.DOCUMENT_POSITION_CONTAINED_BY)) unfold(text);
    }
    return target;
  };
  addEventListener("click", ({ target }) => {
    const link = target instanceof Element && target.closest('a[href^="#"]');
    if (link) unfoldUpTo(link.hash);
  }, true);
  unfoldUpTo(location.hash)?.scrollIntoView({ behavior: "instant" });

  const contents = document.querySelector("[data-contents]");
  const details = contents.querySelector("details");
  const entries = new Map([...contents.querySelectorAll("li a")].map((link) => [link.hash.slice(1), link]));
  const sections = [...entries.keys()].map((id) => document.getElementById(id));
  const name = contents.querySelector(".contents-now");
  let now;
  /** Marks the entry of the section that the upper third of the window is in. */
  const mark = () => {
    const line = innerHeight / 3;
    const found = sections.findLast((section) => section.getBoundingClientRect().top <= line);
    if (found === now) return;
    entries.get(now?.id)?.removeAttribute("aria-current");
    now = found;
    const link = entries.get(now?.id);
    link?.setAttribute("aria-current", "location");
    name.textContent = link?.textContent ?? "";
    if (link && contents.scrollHeight > contents.clientHeight) {
      const { top, bottom } = link.getBoundingClientRect();
      const box = contents.getBoundingClientRect();
      if (top < box.top || bottom > box.bottom) contents.scrollTop += top - box.top - box.height / 2;
    }
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mark();
    });
  }, { passive: true });
  mark();
  contents.addEventListener("click", ({ target }) => {
    if (target.closest("a")) details.open = false;
  });

  const strip = document.querySelector("[data-strip]");
  if (strip) {
    const range = strip.querySelector("input");
    const moments = [...strip.querySelectorAll(".moment")];
    const large = [...strip.querySelectorAll(".strip-large svg")];
    const boxes = (svg) => svg.getAttribute("viewBox").split(" ").map(Number);
    const show = (i) => {
      moments.forEach((moment, n) => moment.classList.toggle("now", n === i));
      const [x] = boxes(moments[i].querySelector("svg"));
      for (const svg of large) svg.setAttribute("viewBox", [x, ...boxes(svg).slice(1)].join(" "));
      range.value = i;
      range.setAttribute("aria-valuetext", moments[i].dataset.label);
    };
    range.addEventListener("input", () => show(Number(range.value)));
    // The pictures themselves are dragged over as well.
    const at = ({ clientX }) => {
      const { left, width } = strip.querySelector(".moments").getBoundingClientRect();
      const part = Math.floor((clientX - left) / width * moments.length);
      show(Math.max(0, Math.min(moments.length - 1, part)));
    };
    const row = strip.querySelector(".moments");
    row.addEventListener("pointermove", at);
    row.addEventListener("pointerdown", at);
  }
  // Who sends the prompt wants it drawn, not just written into a form.
  const prompt = document.querySelector("form[data-run]");
  prompt?.addEventListener("submit", () => sessionStorage.setItem(`run ${prompt.dataset.run}`, "now"));
}
