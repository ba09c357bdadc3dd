// The bulk bar: how many requests are ticked and what they come to. Deciding works without it.
const bar = document.getElementById("bulk");
const boxes = [...document.querySelectorAll('input[name="request"]')];
if (bar && boxes.length) {
  const all = bar.querySelector("[data-tick-all]");
  const said = bar.querySelector("[data-ticked]");
  const hours = bar.querySelector("[data-ticked-hours]");
  const approve = bar.querySelector("[data-approve]");
  const nothing = said.textContent;
  const show = () => {
    const ticked = boxes.filter((box) => box.checked);
    const minutes = ticked.reduce((sum, box) => sum + Number(box.dataset.minutes), 0);
    said.textContent = ticked.length ? `${ticked.length} ticked` : nothing;
    hours.textContent = ticked.length ? `${Math.round(minutes / 6) / 10} h of work` : "";
    approve.textContent = ticked.length ? `Approve ${ticked.length}` : "Approve";
    all.checked = ticked.length === boxes.length;
    all.indeterminate = ticked.length > 0 && ticked.length < boxes.length;
  };
  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener("change", show);
  show();
}
