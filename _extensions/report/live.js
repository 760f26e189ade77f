// Live charts: a page that carries a chart's specification offers a button; pressed, it loads Vega, which takes the
// place of the static drawing. Nothing of it is loaded before. Expressions are interpreted (the page allows no eval),
// and colours are the page's own, so that a live chart follows light and dark. Whatever fails, or with scripts off,
// the static drawing stays.
(function () {
  "use strict";
  var options = { mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false,
    tooltip: { disableDefaultStyle: true } };

  function enliven(box) {
    var data = box.querySelector("script.vega-spec"), still = box.querySelector("svg");
    if (!data || !still || box.dataset.live || !box.getClientRects().length) return Promise.resolve();
    box.dataset.live = "wait";
    var place = document.createElement("div");
    return window.vegaEmbed(place, JSON.parse(data.textContent), options).then(function () {
      still.replaceWith(place);
      box.dataset.live = "yes";
      box.setAttribute("role", "figure"); // its controls must be reachable: no longer a mere picture
    }, function (error) { box.dataset.live = "no"; console.warn(error); });
  }

  function offer(link) {
    var boxes = Array.from(link.parentElement.querySelectorAll(":scope > .chart")), button = document.createElement("button");
    button.type = "button";
    button.className = "run";
    button.textContent = link.textContent;
    link.replaceWith(button);

    function all() { return Promise.all(boxes.map(enliven)); }

    function start() {
      document.fonts.ready.then(all).then(function () { // Vega measures its words with the page's fonts
        var first = boxes.map(function (box) { return box.querySelector("input, select"); }).find(function (one) { return one && one.getClientRects().length; });
        button.remove();
        if (first) first.focus();
      });
      addEventListener("resize", all); // the phone's drawing or the wide one, whichever shows
    }

    button.addEventListener("click", function () {
      button.disabled = true;
      button.textContent = "Loading …";
      if (window.vegaEmbed) return start();
      var script = document.createElement("script");
      script.src = link.href;
      script.onload = start;
      script.onerror = function () { button.textContent = "The live chart could not be loaded; the drawing stays."; };
      document.head.append(script);
    });
  }

  document.addEventListener("DOMContentLoaded", function () { document.querySelectorAll("a.run").forEach(offer); });
})();
