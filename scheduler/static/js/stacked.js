/* Stacked bars: each part grows with its share. A style attribute would be refused by the style-src. */
for (const part of document.querySelectorAll("[data-grow]")) {
  part.style.setProperty("flex-grow", part.dataset.grow);
}
