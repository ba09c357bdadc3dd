// The clocks of the top bar, and menus that close when one looks elsewhere.
const clocks = document.querySelector("[data-clock]");
if (clocks) {
  const zone = clocks.dataset.zone;
  const parts = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const site = new Intl.DateTimeFormat("en-GB", { ...parts, timeZone: zone });
  const utc = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" });
  // The server's clock rules; this browser's may be wrong.
  const ahead = Date.parse(clocks.dataset.clock) - Date.now();
  const tick = () => {
    const now = new Date(Date.now() + ahead);
    clocks.querySelector("[data-site]").textContent = site.format(now).replace(",", "");
    clocks.querySelector("[data-utc]").textContent = utc.format(now);
  };
  setInterval(tick, 10000);
}

for (const menu of document.querySelectorAll("details[data-menu]")) {
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
