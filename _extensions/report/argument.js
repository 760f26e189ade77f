// The argument as a switchboard: a reader takes a statement away and sees what still stands. The graph comes as JSON
// from the page; a statement stands if it is on and every group of its needs has a member that stands (helps and
// chances are left out, as in bargain.argument.stands). The drawn map is redrawn in its place, so that a click on it
// works too; the controls are the list, for keyboard and touch. Without scripts the drawn map stays as it is.
(function () {
  "use strict";
  var SVG = "http://www.w3.org/2000/svg";

  function standing(graph, off) {
    var byId = {}, alive = {};
    graph.nodes.forEach(function (node) { byId[node.id] = node; });
    function stands(id) {
      if (!(id in alive)) {
        alive[id] = !off.has(id) && byId[id].needs.every(function (group) { return group.some(stands); });
      }
      return alive[id];
    }
    graph.nodes.forEach(function (node) { stands(node.id); });
    return alive;
  }

  function make(name, parent, text) {
    var element = document.createElement(name);
    if (text) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  }

  function draw(name, parent, attributes, style) {
    var element = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) { element.setAttribute(key, attributes[key]); });
    Object.assign(element.style, style || {});
    parent.append(element);
    return element;
  }

  function curve(a, b) {
    var bend = 0.55 * (b.x - a.x);
    return "M" + a.x + " " + a.y + "C" + (a.x + bend) + " " + a.y + " " + (b.x - bend) + " " + b.y + " " + b.x + " " + b.y;
  }

  // A statement of the map as a control: reached by Tab, pressed by Enter or the space bar, and told by its words.
  function press(g, node, toggle) {
    g.setAttribute("role", "button");
    g.setAttribute("tabindex", "0");
    g.setAttribute("aria-label", node.text);
    g.addEventListener("click", function () { toggle(node.id); });
    g.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      toggle(node.id);
    });
  }

  var MARKS = {
    fact: "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0Z", reading: "M-5.5-5.5H5.5V5.5H-5.5Z",
    prediction: "M0-6.5L6.5 5H-6.5Z", prescription: "M0-7L6 0L0 7L-6 0Z"
  };

  var LOOKS = { both: "var(--accent)", second: "var(--ink2)", neither: "var(--ink3)" }; // which end it brings down alone

  // The map in the place of the drawing, in the drawing's own layout; returns a function that repaints it.
  function map(graph, place, toggle) {
    var still = place && place.querySelector("svg");
    if (!still) return function () {};
    var svg = document.createElementNS(SVG, "svg"), byId = {}, lines = [], groups = {};
    svg.setAttribute("viewBox", "0 -8 " + graph.width + " " + (graph.height + 8));
    svg.setAttribute("width", graph.width);
    graph.nodes.forEach(function (node) { byId[node.id] = node; });
    graph.nodes.forEach(function (node) {
      function line(from, dash, strength) {
        var path = draw("path", svg, { d: curve(byId[from], node), fill: "none", "stroke-dasharray": dash },
          { stroke: "var(--ink3)", strokeWidth: 1 });
        lines.push({ from: from, to: node.id, path: path, strength: strength });
      }
      node.needs.forEach(function (group) {
        group.forEach(function (from) { group.length > 1 ? line(from, "5 3", 0.6) : line(from, "none", 0.8); });
      });
      node.helps.forEach(function (from) { line(from, "1 3", 0.4); });
    });
    graph.nodes.forEach(function (node) {
      var g = draw("g", svg, { transform: "translate(" + node.x + " " + node.y + ")" }, { cursor: "pointer" });
      var end = graph.ends.some(function (e) { return e.id === node.id; });
      draw("rect", g, { x: -42, y: -36, width: 84, height: 46, fill: "transparent" });
      node.label.forEach(function (text, i) {
        draw("text", g, { y: -10 - 12 * (node.label.length - 1 - i), "text-anchor": "middle", "paint-order": "stroke",
          "font-size": 11.5, "stroke-width": 3, "font-weight": end ? 600 : 400 },
          { fill: "var(--ink)", stroke: "var(--paper)", fontFamily: "Report Sans, sans-serif" }).textContent = text;
      });
      draw("path", g, { d: MARKS[node.kind] }, { fill: "var(--paper)" });
      draw("path", g, { d: MARKS[node.kind], "stroke-dasharray": node.stated ? "none" : "2.5 2",
        "fill-opacity": node.brings === "neither" ? 0 : node.stated ? 1 : 0.35 },
        { strokeWidth: 1.6, fill: LOOKS[node.brings], stroke: LOOKS[node.brings] });
      press(g, node, toggle);
      groups[node.id] = g;
    });
    still.replaceWith(svg);
    place.setAttribute("role", "group"); // it holds controls: no longer a mere picture
    return function (alive, off) {
      graph.nodes.forEach(function (node) {
        groups[node.id].style.opacity = alive[node.id] ? 1 : 0.35;
        groups[node.id].setAttribute("aria-pressed", !off.has(node.id));
        groups[node.id].style.textDecoration = off.has(node.id) ? "line-through" : "none";
      });
      lines.forEach(function (line) { line.path.style.opacity = alive[line.from] && alive[line.to] ? line.strength : 0.15; });
    };
  }

  function build(box) {
    var graph = JSON.parse(box.querySelector("script").textContent), off = new Set(), rows = {};
    var head = make("div", box), says = make("p", head), ends = make("ul", head), fields = make("fieldset", box);
    var figure = document.getElementById(box.dataset.figure);
    says.setAttribute("role", "status");
    head.className = "argument-head";
    ends.className = "argument-ends";
    make("legend", fields, "Switch a statement off");
    var list = make("ul", fields), again = make("button", fields, "All on again");
    again.type = "button";
    graph.ends.forEach(function (end) { rows["end " + end.id] = make("li", ends); });
    graph.nodes.forEach(function (node) {
      var item = make("li", list), label = make("label", item), input = make("input", label);
      input.type = "checkbox";
      input.checked = true;
      input.dataset.node = node.id;
      make("span", label, node.text);
      if (!node.stated) make("small", label, " unstated");
      make("b", label);
      input.addEventListener("change", function () { set(node.id, !input.checked); });
      rows[node.id] = { item: item, input: input, mark: label.lastChild };
    });
    var repaint = map(graph, figure && figure.querySelector(".chart.desk"), function (id) { set(id, !off.has(id)); });

    function set(id, away) {
      if (away) off.add(id); else off.delete(id);
      show();
    }

    function show() {
      var alive = standing(graph, off), fallen = graph.nodes.filter(function (n) { return !alive[n.id] && !off.has(n.id); });
      graph.nodes.forEach(function (node) {
        var row = rows[node.id], falls = !alive[node.id] && !off.has(node.id);
        row.input.checked = !off.has(node.id);
        row.item.className = off.has(node.id) ? "off" : falls ? "fallen" : "";
        row.mark.textContent = falls ? " falls" : "";
      });
      graph.ends.forEach(function (end) {
        var row = rows["end " + end.id];
        row.dataset.end = end.id;
        row.dataset.stands = alive[end.id];
        row.textContent = end.text + ": " + (alive[end.id] ? "still stands" : "falls");
      });
      again.disabled = !off.size;
      says.textContent = !off.size ? "All " + graph.nodes.length + " statements are on, and both ends stand."
        : (off.size === 1 ? "One statement" : off.size + " statements") + " off; " +
          (fallen.length ? fallen.length + (fallen.length === 1 ? " other falls" : " others fall") : "no other falls") + " with " +
          (off.size === 1 ? "it." : "them.");
      repaint(alive, off);
    }

    again.addEventListener("click", function () { off.clear(); show(); });
    show();
    box.hidden = false;
  }

  document.addEventListener("DOMContentLoaded", function () { document.querySelectorAll(".argument").forEach(build); });
})();
