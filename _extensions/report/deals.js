// The compact version of "Negotiate it yourself": shows what bargain/live/negotiate.py says of the chosen deal before the
// chosen Kims. Nothing is computed here; what cannot be read leaves the drawn deal as it is.
(function () {
  "use strict";
  function begin(box) {
    var find = function (q) { return box.querySelector(q); }, all = function (q) { return Array.from(box.querySelectorAll(q)); }, deals, deal, who = "all";
    try {
      var data = JSON.parse(find(".deal-data").textContent);
      deals = data.deals; deal = data.start;
    } catch (error) { return; }
    function show() {
      var said = deals[deal][who];
      find(".answer").textContent = said[0];
      find(".rest").textContent = said[1];
      Array.from(find(".strip").children).slice(1).forEach(function (row, r) {
        said[2][r].forEach(function (value, k) {
          row.children[k + 1].textContent = value === null ? "" : value || "·";
          row.children[k + 1].style.setProperty("--h", (value || 0) + "%");
        });
      });
      find(".link").setAttribute("href", "negotiate.html#" + said[3]);
      all("button").forEach(function (b) { b.setAttribute("aria-pressed", b.dataset.deal === deal || b.dataset.who === who); });
    }
    all("button").forEach(function (b) {
      b.addEventListener("click", function () {
        if (b.dataset.deal) deal = b.dataset.deal; else who = b.dataset.who;
        show();
      });
    });
    find(".still").remove();
    box.classList.add("live");
    find(".set").hidden = false;
    show();
  }
  document.addEventListener("DOMContentLoaded", function () { document.querySelectorAll(".negotiate.compact").forEach(begin); });
})();
