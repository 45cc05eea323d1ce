// The report as one reads it: what is far stays text until it is near, the contents say where one is, the strip of the
// opening is dragged through, and its prompt is drawn in the playground.
{
  /** The places of texts that wait, with the texts. */
  const later = new Map();
  for (const text of document.querySelectorAll("noscript.later")) {
    const place = document.createElement("div");
    place.className = "section-text";
    later.set(place, text.textContent);
    text.replaceWith(place);
  }
  /** Makes elements of a text that waits. */
  const unfold = (place) => {
    if (!later.has(place)) return;
    place.innerHTML = later.get(place);
    place.style.minHeight = "";
    later.delete(place);
  };
  /** Keeps the room of a text free until it is there: what is scrolled to or dragged at stays where it is. */
  const reserve = (place) => {
    if (!later.has(place)) return;
    place.style.minHeight = "";
    // Pictures have their room without being fetched.
    place.innerHTML = later.get(place).replaceAll(/<image href="[^"]*"/g, "<image");
    const { height } = place.getBoundingClientRect();
    place.replaceChildren();
    place.style.minHeight = `${height}px`;
  };
  const idle = globalThis.requestIdleCallback ?? setTimeout;
  let width = 0;
  const reserveAll = () => {
    if (width === innerWidth) return;
    width = innerWidth;
    for (const place of later.keys()) idle(() => reserve(place));
  };
  // Formulas have the width that they will have.
  const fonts = ["1em KaTeX_Main", "italic 1em KaTeX_Math"].map((font) => document.fonts.load(font));
  Promise.allSettled([...fonts, document.fonts.ready]).then(() => {
    reserveAll();
    addEventListener("resize", reserveAll);
  });
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      for (const place of later.keys()) if (target.contains(place)) unfold(place);
    }
  }, { rootMargin: "600px" });
  for (const place of later.keys()) near.observe(place.parentElement);
  /** What lies before a place takes its room before anybody goes there. */
  const unfoldUpTo = (hash) => {
    const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!target) return;
    for (const place of later.keys()) {
      const order = target.compareDocumentPosition(place);
      if (order & (Node.DOCUMENT_POSITION_PRECEDING | Node.DOCUMENT_POSITION_CONTAINED_BY)) unfold(place);
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
  // Beside the report the list stands open; above it, behind its button.
  const wide = matchMedia("(min-width: 62.01rem)");
  const fit = () => details.open = wide.matches;
  fit();
  wide.addEventListener("change", fit);
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
    if (target.closest("a")) details.open = wide.matches;
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
