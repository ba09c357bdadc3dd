// Sets the theme before anything is painted: loaded in the head, on purpose without defer.
(() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => (document.cookie.match(/(?:^|; )markaz_theme=(light|dark)/) || [])[1];
  const show = () => {
    root.dataset.bsTheme = chosen() || (system.matches ? "dark" : "light");
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(root.dataset.bsTheme === "dark"));
    }
  };
  show();
  system.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", () => {
    show();
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.addEventListener("click", () => {
        const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
        const secure = location.protocol === "https:" ? "; Secure" : "";
        document.cookie = `markaz_theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
        show();
      });
    }
  });
})();
