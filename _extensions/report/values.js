// The exact values of a drawing: at the mark under a pointer or a finger, and mark by mark from the keyboard. What is
// said comes as JSON behind the drawings (bargain/plots/values.py): texts, and for each drawing its marks as x, y,
// width, height and number of the text, in px of the drawing. Without scripts the drawing stands as it is.
(function () {
  "use strict";
  var NEAR = { mouse: 40, touch: 60 }, words, ring;

  function make(name, className) {
    var element = document.createElement(name);
    element.className = className;
    element.hidden = true;
    document.body.append(element);
    return element;
  }

  function hide() { words.hidden = ring.hidden = true; }

  // the drawing that shows, with its marks as [x, y, width, height, text]
  function drawing(figure) {
    var box = figure.boxes.find(function (one) { return one.getClientRects().length; });
    if (!box) return null;
    var svg = box.querySelector("svg"), numbers = figure.told[box.classList.contains("phone") ? "phone" : "desk"] || [], marks = [];
    for (var i = 0; i < numbers.length; i += 5) marks.push(numbers.slice(i, i + 5));
    var seen = svg.getBoundingClientRect();
    return { seen: seen, from: svg.viewBox.baseVal, scale: seen.width / svg.viewBox.baseVal.width, marks: marks };
  }

  function away(mark, x, y) {
    var dx = Math.max(mark[0] - x, 0, x - mark[0] - mark[2]), dy = Math.max(mark[1] - y, 0, y - mark[1] - mark[3]);
    return Math.hypot(dx, dy);
  }

  // the nearest mark (of those that hold the place the smallest), and what else lies at the same place
  function nearest(marks, x, y, reach) {
    var best = null, least = Infinity;
    marks.forEach(function (mark) {
      var far = away(mark, x, y) + 1e-4 * (mark[2] + mark[3]);
      if (far < least) { least = far; best = mark; }
    });
    return least <= reach ? best : null;
  }

  function show(figure, view, mark) {
    var same = view.marks.filter(function (m) { return Math.hypot(m[0] - mark[0], m[1] - mark[1]) < 1.5 && m[2] === mark[2] && m[3] === mark[3]; });
    var texts = same.map(function (m) { return figure.told.texts[m[4]]; });
    texts = texts.filter(function (text, i) { return texts.indexOf(text) === i; }).slice(0, 3);
    words.replaceChildren();
    texts.forEach(function (text) { var p = document.createElement("p"); p.textContent = text; words.append(p); });
    words.hidden = ring.hidden = false;
    var left = scrollX + view.seen.left + (mark[0] - view.from.x) * view.scale, top = scrollY + view.seen.top + (mark[1] - view.from.y) * view.scale;
    var wide = mark[2] * view.scale, high = mark[3] * view.scale;
    Object.assign(ring.style, { left: left - 5 + "px", top: top - 5 + "px", width: wide + 10 + "px", height: high + 10 + "px" });
    ring.className = "value-mark" + (mark[2] || mark[3] ? " long" : "");
    var room = document.documentElement.clientWidth, x = left + wide / 2 - words.offsetWidth / 2;
    words.style.left = Math.max(6, Math.min(x, room - words.offsetWidth - 6)) + "px";
    var above = top - words.offsetHeight - 10; // above the mark, below it where there is no room
    words.style.top = (above < scrollY ? top + high + 10 : above) + "px";
    return texts.join("; ");
  }

  function point(figure, event) {
    var view = drawing(figure);
    if (!view) return;
    var x = (event.clientX - view.seen.left) / view.scale + view.from.x, y = (event.clientY - view.seen.top) / view.scale + view.from.y;
    var mark = nearest(view.marks, x, y, NEAR[event.pointerType === "mouse" ? "mouse" : "touch"] / view.scale);
    if (mark) show(figure, view, mark); else hide();
  }

  // One control for the keyboard behind each drawing: a slider is what screen readers leave the arrows to.
  function control(figure, last) {
    var slider = document.createElement("input");
    slider.type = "range";
    slider.className = "values-keys";
    slider.min = 0;
    slider.value = 0;
    slider.setAttribute("aria-label", "Values in the figure, one by one");
    function tell() {
      var view = drawing(figure);
      if (!view || !view.marks.length) return;
      slider.max = view.marks.length - 1;
      var text = show(figure, view, view.marks[Math.min(slider.value, slider.max)]);
      slider.setAttribute("aria-valuetext", text);
    }
    slider.addEventListener("focus", tell);
    slider.addEventListener("input", tell);
    slider.addEventListener("blur", hide);
    slider.addEventListener("keydown", function (event) { if (event.key === "Escape") hide(); });
    last.after(slider);
    var view = drawing(figure);
    slider.max = Math.max(0, (view ? view.marks.length : 1) - 1);
    slider.setAttribute("aria-valuetext", "Arrow keys go from value to value");
  }

  function build(script) {
    var boxes = Array.from(script.parentElement.querySelectorAll(":scope > .chart"));
    if (!boxes.length) return;
    var figure = { told: JSON.parse(script.textContent), boxes: boxes };
    boxes.forEach(function (box) {
      box.addEventListener("pointermove", function (event) { if (event.pointerType === "mouse") point(figure, event); });
      box.addEventListener("pointerleave", function (event) { if (event.pointerType === "mouse") hide(); });
      box.addEventListener("click", function (event) { point(figure, event); });
    });
    control(figure, script);
  }

  document.addEventListener("DOMContentLoaded", function () {
    var scripts = document.querySelectorAll("script.values");
    if (!scripts.length) return;
    words = make("div", "value-words");
    ring = make("div", "value-mark");
    document.addEventListener("pointerdown", function (event) { if (!event.target.closest(".chart")) hide(); });
    addEventListener("resize", hide);
    scripts.forEach(build);
  });
})();
