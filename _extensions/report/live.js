// Live charts: where a page carries a chart's specification, Vega takes the place of the static drawing.
// Expressions are interpreted (the page allows no eval), and colours are the page's own, so that a live
// chart follows light and dark. Whatever fails, or with scripts off, the static drawing stays.
(function () {
  "use strict";
  var options = { mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false,
    tooltip: { disableDefaultStyle: true } };

  function enliven(box) {
    var data = box.querySelector("script.vega-spec"), still = box.querySelector("svg");
    if (!data || !still || box.dataset.live || !box.getClientRects().length) return;
    box.dataset.live = "wait";
    var place = document.createElement("div");
    window.vegaEmbed(place, JSON.parse(data.textContent), options).then(function () {
      still.replaceWith(place);
      box.dataset.live = "yes";
      box.setAttribute("role", "figure"); // its controls must be reachable: no longer a mere picture
    }, function (error) { box.dataset.live = "no"; console.warn(error); });
  }

  function all() { document.querySelectorAll(".chart").forEach(enliven); }
  document.addEventListener("DOMContentLoaded", function () {
    if (!window.vegaEmbed) return;
    document.fonts.ready.then(all); // Vega measures its words with the page's fonts
    addEventListener("resize", all); // the phone's drawing or the wide one, whichever shows
  });
})();
