// The form of a request: what a template knows is filled in at once, and free times show while one writes.
const form = document.querySelector("[data-ask]");
const panel = document.querySelector("[data-slots]") ?? document.getElementById("slots");
const WAIT_MS = 700;

const repeatChoice = () => {
  const chosen = panel?.querySelector('input[name="slot"]:checked');
  for (const button of document.querySelectorAll("[data-ask-button]")) {
    button.dataset.plain ??= button.textContent;
    const word = button.dataset.askWord;
    button.textContent = chosen ? `${word === "Ask" ? "Ask for" : word} ${chosen.dataset.short}` : button.dataset.plain;
  }
};

if (panel) {
  panel.addEventListener("change", (event) => {
    if (event.target.name === "slot") repeatChoice();
  });
  repeatChoice();
}

if (form && panel) {
  const fill = form.querySelector("[data-fill]");
  if (fill) {
    fill.hidden = true;
    form.elements.template.addEventListener("change", () => fill.click());
  }
  let timer = 0;
  let asking = null;
  const look = async () => {
    asking?.abort();
    asking = new AbortController();
    const sent = new FormData(form);
    sent.delete("attachments");
    if (form.dataset.request) sent.set("request", form.dataset.request);
    panel.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.ask, { method: "POST", body: sent, signal: asking.signal });
      if (answer.status === 200) {
        panel.innerHTML = await answer.text();
        repeatChoice();
      }
    } catch (error) {
      if (error.name !== "AbortError") panel.dataset.lost = "true";
    } finally {
      panel.removeAttribute("aria-busy");
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  };
  const quiet = new Set(["slot", "attachments", "title", "note", "hazards", "template", "scope", "key"]);
  form.addEventListener("change", (event) => {
    if (!quiet.has(event.target.name)) soon();
  });
  panel.addEventListener("click", (event) => {
    const remedy = event.target.closest("[data-latest]");
    if (!remedy) return;
    event.preventDefault();
    form.elements.latest.value = remedy.dataset.latest;
    form.elements.latest.focus();
    look();
  });
  if (!panel.querySelector('input[name="slot"][type="radio"]')) look();
}
