/**
 * The report's one script, for those who allow it: pointing at a chart tells time and value, a click or Enter enlarges it
 * around that place. It knows only what `data-scales` says (see charts/scales.ts), and touches nothing but the figures.
 */
export const crosshair = `
"use strict";
for (const figure of document.querySelectorAll("figure[data-scales]")) {
  const { time, x: [left, right, from, to], y } = JSON.parse(figure.dataset.scales);
  const image = figure.querySelector("img");
  const frame = figure.querySelector(".scroll");
  const [across, down, label] = ["i", "i", "b"].map((name) => figure.appendChild(document.createElement(name)));
  for (const part of [across, down, label]) part.ariaHidden = "true";

  const valueOf = (pixel, [first, last, start, end]) => start + (end - start) * (pixel - first) / (last - first);
  const words = (value) => value.toLocaleString("en-US", { maximumSignificantDigits: 6 });
  const timeOf = (ms) => new Date(ms).toISOString().slice(0, 19).replace("T", " ") + " UTC";
  const place = (part, box) => Object.entries(box).forEach(([side, pixels]) => part.style[side] = pixels + "px");

  figure.addEventListener("pointermove", ({ clientX, clientY }) => {
    const [picture, own] = [image.getBoundingClientRect(), figure.getBoundingClientRect()];
    const zoom = picture.width / image.naturalWidth;
    const [px, py] = [(clientX - picture.left) / zoom, (clientY - picture.top) / zoom];
    const pane = y.find(([top, bottom]) => top <= py && py <= bottom);
    figure.classList.toggle("pointed", Boolean(pane) && left <= px && px <= right);
    if (!pane) return;
    const at = valueOf(px, [left, right, from, to]);
    label.textContent = (time ? timeOf(at) : words(at)) + "  " + words(valueOf(py, pane));
    const [x, top] = [clientX - own.left, picture.top - own.top];
    place(down, { left: x, top: top + pane[0] * zoom, height: (pane[1] - pane[0]) * zoom });
    place(across, { left: 0, top: clientY - own.top, width: own.width });
    place(label, { left: Math.min(x + 10, own.width - label.offsetWidth), top: clientY - own.top - 32 });
  });
  figure.addEventListener("pointerleave", () => figure.classList.remove("pointed"));

  const enlarge = (shareX, shareY) => {
    figure.classList.remove("pointed");
    // The page around it stays where it is: what grows is seen through a window of the old size.
    const { height } = frame.getBoundingClientRect();
    frame.style.height = figure.classList.toggle("large") ? height + "px" : "";
    frame.scrollTo(shareX * frame.scrollWidth - frame.clientWidth / 2, shareY * frame.scrollHeight - height / 2);
  };
  image.addEventListener("click", ({ offsetX, offsetY }) => enlarge(offsetX / image.width, offsetY / image.height));
  frame.addEventListener("keydown", ({ key }) => key === "Enter" && enlarge(0.5, 0.5));
}
`;
