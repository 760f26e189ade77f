// Set your own Kim: weighs the page's table of mean outcomes by the reader's beliefs and prices. The sums are
// those of bargain/live/own_kim.py and the words those of seeds/answers.csv; tests/bargain/test_own_kim.py compares.
(function () {
  "use strict";
  var SIDE = 400, HIGH = SIDE * Math.sqrt(3) / 2, CORNERS = [[0, HIGH], [SIDE, HIGH], [SIDE / 2, 0]];

  function begin(box) {
    var D = JSON.parse(box.querySelector(".own-data").textContent), compact = !box.querySelector("[name=camp]");
    var own, ratio = null; // the setting; how the other two readings share what is left while one is moved
    var find = function (q) { return box.querySelector(q); }, input = function (name) { return find("[name=" + name + "]"); };
    var tell = function (q, text) { if (find(q)) find(q).textContent = text; }, base = compact ? find(".link").getAttribute("href") : "";
    var range = function (n) { return Array.from({ length: n }, function (_, i) { return i; }); };
    var sum = function (a) { return a.reduce(function (x, y) { return x + y; }, 0); };
    var dot = function (a, b) { return sum(a.map(function (x, i) { return x * b[i]; })); };
    var least = function (a) { return a.indexOf(Math.min.apply(0, a)); };
    var listed = function (a) { return a.length < 2 ? a.join("") : a.slice(0, -1).join(", ") + " and " + a[a.length - 1]; };
    var count = function (x) { return x.toLocaleString("en", { maximumFractionDigits: 10 }); };
    var digits = function (x, n) { return Number(x.toPrecision(n)); };
    var amount = function (x) { x = Math.abs(x); return count(x >= 5e3 ? 1000 * Math.round(x / 1000) : digits(x, 2)); };
    var lives = function (x) { x = digits(x, 6); return count(x) + (x === 1 ? " life" : " lives"); };
    var is = function (g) { return D.words[g] + (D.plural[g] ? " are" : " is"); };

    // ---------------------------------------------------------------- the answer
    function means(camp, step) {
      if (!step) return D.effects["drawn,0"];
      if (camp !== "each") return D.effects[camp + "," + step];
      return D.pairing.map(function (c, k) { return D.effects[c + "," + step][k]; });
    }
    function losses(s) { // by policy, then reading, of the policies on offer
      var price = D.weights.map(function (w, r) { return w * s.values[r]; }), m = means(s.camp, s.step);
      return range(D.policies.length).map(function (g) { return m.map(function (reading) { return dot(reading[g], price); }); });
    }
    function mixed(s) { return losses(s).map(function (l) { return dot(s.belief, l) / 100; }); }
    function offered(s) { return s.all ? D.policies.length : 3; }

    function filled(name, facts) { // the words of seeds/answers.csv
      var text = D.says[name].replace(/\{(\w+)\}/g, function (_, fact) { return facts[fact]; });
      return text.charAt(0).toUpperCase() + text.slice(1);
    }
    function sentence(s) {
      var all = mixed(s), lost = all.slice(0, offered(s)), order = range(lost.length).sort(function (a, b) { return lost[a] - lost[b]; });
      var best = order[0], close = order.slice(1).filter(function (g) { return lost[g] <= lost[best] + D.indiff * Math.abs(lost[best]); });
      var facts = { beliefs: listed(s.belief.map(function (b, k) { return b + "% " + D.readings[k].toLowerCase(); })), best: is(best) };
      if (!close.length) return filled("clear", Object.assign(facts, { gap: amount(lost[order[1]] - lost[best]), next: D.words[order[1]] }));
      var others = listed(close.map(function (g) { return D.words[g]; })) + (close.length === 1 && !D.plural[close[0]] ? " comes" : " come");
      return filled("close", Object.assign(facts, { others: others, margin: Math.round(100 * D.indiff) + "%" }));
    }
    function beliefFlip(s) {
      var loss = losses(s), n = offered(s), best = least(mixed(s).slice(0, n)), found = null;
      range(n).forEach(function (h) {
        var gap = loss[h].map(function (x, k) { return x - loss[best][k]; }), to = least(gap), moved = [0, 0, 0], belief = s.belief.slice();
        if (h === best || gap[to] >= 0) return;
        range(3).sort(function (a, b) { return gap[b] - gap[a]; }).forEach(function (k) {
          while (k !== to && belief[k] > 0 && dot(gap, belief) >= 0) { belief[k]--; belief[to]++; moved[k]++; }
        });
        if (dot(gap, belief) < 0 && (!found || sum(moved) < sum(found.moved))) found = { moved: moved, to: to, belief: belief };
      });
      if (!found) return filled("belief_never");
      var most = Math.max.apply(0, found.moved), name = function (k) { return D.readings[k].toLowerCase(); };
      var parts = range(3).filter(function (k) { return found.moved[k]; }).sort(function (a, b) { return found.moved[b] - found.moved[a]; }).map(function (k) {
        var m = found.moved[k];
        return m + (m === most ? (m === 1 ? " point" : " points") : "") + " from " + name(k);
      });
      var then = least(loss.slice(0, n).map(function (l) { return dot(found.belief, l); }));
      return filled("belief", { points: parts.join(" and "), reading: name(found.to), then: is(then) });
    }
    function place(marks, v) {
      var i = marks.length - 2;
      while (i > 0 && marks[i] > v) i--;
      return i + (v - marks[i]) / (marks[i + 1] - marks[i]);
    }
    function priceFlip(s) {
      var m = means(s.camp, s.step), lost = mixed(s), n = offered(s), best = least(lost.slice(0, n)), found = null;
      D.stops.forEach(function (marks, r) {
        var slope = range(n).map(function (g) { return D.weights[r] * sum(s.belief.map(function (b, k) { return b * m[k][g][r]; })) / 100; });
        range(n).forEach(function (h) {
          if (h === best || slope[h] === slope[best]) return;
          var v = s.values[r] + (lost[h] - lost[best]) / (slope[best] - slope[h]);
          if (v < marks[0] || v > marks[marks.length - 1]) return;
          var move = Math.abs(place(marks, v) - place(marks, s.values[r])) / (marks.length - 1);
          if (!found || move < found.move) found = { move: move, r: r, v: v, h: h };
        });
      });
      if (!found) return filled("price_never");
      var now = lives(s.values[found.r] * D.units[found.r]).split(" ")[0], turning = lives(digits(found.v * D.units[found.r], 2));
      return filled("price", { what: D.priced[found.r], turning: turning, now: now, then: is(found.h) });
    }
    function effectsFlip(s) {
      var n = offered(s), best = least(mixed(s).slice(0, n)), found = null;
      Object.keys(D.camps).forEach(function (camp) {
        range(11).forEach(function (step) {
          var there = least(mixed(Object.assign({}, s, { camp: camp, step: step })).slice(0, n));
          var move = camp === s.camp || !step || !s.step ? Math.abs(step - s.step) : step + s.step;
          if (there !== best && (!found || move < found.move)) found = { move: move, camp: camp, step: step, there: there };
        });
      });
      if (!found) return filled("effects_never");
      if (!found.step) return filled("effects_drawn", { then: is(found.there) });
      var facts = { share: 10 * found.step + "%", camp: D.camps[found.camp], then: is(found.there), now: 10 * s.step + "%", held: D.camps[s.camp] };
      return filled(!s.step ? "effects" : found.camp === s.camp ? "effects_back" : "effects_other", facts);
    }

    // ---------------------------------------------------------------- the picture
    function at(belief) { return [0, 1].map(function (i) { return belief[0] * CORNERS[0][i] + belief[1] * CORNERS[1][i] + belief[2] * CORNERS[2][i]; }); }
    function clip(polygon, a) { // the part where a·p >= 0
      var out = [];
      polygon.forEach(function (p, i) {
        var q = polygon[(i + 1) % polygon.length], u = dot(a, p), v = dot(a, q);
        if (u >= 0) out.push(p);
        if (u * v < 0) out.push(p.map(function (x, k) { return x + (q[k] - x) * u / (u - v); }));
      });
      return out;
    }
    function region(loss, n, g, margin) {
      var polygon = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
      range(n).forEach(function (h) {
        if (h !== g) [1, -1].forEach(function (sign) {
          polygon = clip(polygon, loss[h].map(function (x, k) { return x - loss[g][k] - sign * margin * loss[g][k]; }));
        });
      });
      return polygon;
    }
    function area(p) {
      return Math.abs(sum(p.map(function (a, i) { var b = p[(i + 1) % p.length]; return a[0] * b[1] - a[1] * b[0]; })));
    }
    function make(tag, set, text) {
      var e = document.createElementNS("http://www.w3.org/2000/svg", tag);
      Object.keys(set).forEach(function (k) { e.setAttribute(k, set[k]); });
      if (text) e.textContent = text;
      return e;
    }
    var tri = make("svg", { viewBox: "-34 -30 468 412", role: "application", tabindex: 0,
      "aria-label": "Triangle of beliefs. Click it, drag the dot, or use the arrow keys: left, right and up lead to creature of habit, narrowly rational and deal-seeker; with Shift, ten points at once." });
    var fields = tri.appendChild(make("g", {}));
    tri.appendChild(make("path", { d: [.25, .5, .75].map(function (f) {
      return [[[f, 1 - f, 0], [f, 0, 1 - f]], [[1 - f, f, 0], [0, f, 1 - f]], [[1 - f, 0, f], [0, 1 - f, f]]].map(function (l) { return "M" + at(l[0]) + "L" + at(l[1]); }).join("");
    }).join(""), "class": "grid" }));
    tri.appendChild(make("polygon", { points: CORNERS.join(" "), "class": "edge" }));
    D.readings.forEach(function (name, k) {
      tri.appendChild(make("text", { x: CORNERS[k][0] + [-30, 30, 0][k], y: CORNERS[k][1] + [27, 27, -14][k], "text-anchor": ["start", "end", "middle"][k], style: "fill:var(--" + D.keys[k] + ")" }, name));
      tri.appendChild([make("circle", { cx: 0, cy: HIGH, r: 6 }), make("rect", { x: SIDE - 5.5, y: HIGH - 5.5, width: 11, height: 11 }), make("path", { d: "M200-7 207 6H193Z" })][k]).setAttribute("style", "fill:var(--" + D.keys[k] + ")");
    });
    var words = tri.appendChild(make("g", {})), hold = tri.appendChild(make("circle", { r: 24, "class": "hold" })), knob = tri.appendChild(make("circle", { r: 8, "class": "knob" }));
    var you = box.classList.contains("front") ? tri.appendChild(make("text", { "class": "you" }, "you are here")) : null;

    function draw(s) {
      var loss = losses(s), n = offered(s);
      var here = at(s.belief.map(function (b) { return b / 100; }));
      fields.replaceChildren(); words.replaceChildren();
      range(n).forEach(function (g) {
        var pale = region(loss, n, g, 0), deep = region(loss, n, g, D.indiff);
        [[pale, .28], [deep, .6]].forEach(function (f) {
          if (f[0].length > 2) fields.appendChild(make("polygon", { points: f[0].map(at).join(" "), style: "fill:var(--" + D.policies[g] + ");opacity:" + f[1] }));
        });
        var wide = area(deep) > .03 ? deep : area(pale) > .03 ? pale : null;
        if (!wide) return;
        var mid = at([0, 1, 2].map(function (k) { return sum(wide.map(function (p) { return p[k]; })) / wide.length; }));
        var off = mid[1] - here[1]; // a field's name gives way to the dot and its words
        if (you && Math.abs(off) < 24 && Math.abs(mid[0] - here[0]) < 130) mid[1] = here[1] + (off < 0 ? -24 : 24);
        words.appendChild(make("text", { x: mid[0], y: mid[1] + 5, "text-anchor": "middle" }, D.short[g]));
      });
      if (you) {
        var left = here[0] > SIDE / 2 + 60;
        [["x", here[0] + (left ? -15 : 15)], ["y", here[1] + 5], ["text-anchor", left ? "end" : "start"]].forEach(function (a) { you.setAttribute(a[0], a[1]); });
      }
      [hold, knob].forEach(function (c) { c.setAttribute("cx", here[0]); c.setAttribute("cy", here[1]); });
    }
    function bars(s) {
      var lost = mixed(s), today = lost[D.policies.indexOf("status_quo")], n = offered(s);
      var saved = lost.slice(0, n).map(function (x) { return today - x; }), most = Math.max.apply(0, saved.map(Math.abs).concat(1));
      find(".bars").replaceChildren.apply(find(".bars"), range(n).sort(function (a, b) { return saved[b] - saved[a]; }).map(function (g) {
        var row = document.createElement("div"), width = 50 * Math.abs(saved[g]) / most, bar = document.createElement("i");
        var said = amount(saved[g]);
        [D.names[g], "", (said === "0" ? "" : saved[g] > 0 ? "+" : "−") + said].forEach(function (text, i) {
          row.appendChild(document.createElement(i === 1 ? "b" : "span")).textContent = text;
        });
        bar.style.cssText = "--c:var(--" + D.policies[g] + ");margin-left:" + (saved[g] < 0 ? 50 - width : 50).toFixed(1) + "%;width:" + width.toFixed(1) + "%";
        row.children[1].appendChild(bar);
        return row;
      }));
    }

    // ---------------------------------------------------------------- setting and showing
    var plain = function (v) { return v.toFixed(8).replace(/\.?0+$/, ""); };
    function fragment(s) {
      return "kim=" + s.belief.join() + ";" + s.values.map(plain).join() + ";" + s.camp + "," + s.step + ";" + (s.all ? "all" : "essay");
    }
    function read(hash) { // a link's setting, or null where it is none
      var m = /^#?kim=([\d,]+);([\d.,]+);(\w+),(\d+);(all|essay)$/.exec(hash.replace(/%2C/gi, ",").replace(/%3B/gi, ";"));
      if (!m) return null;
      var belief = m[1].split(",").map(Number), values = m[2].split(",").map(Number), step = Number(m[4]);
      var known = Object.prototype.hasOwnProperty.call(D.camps, m[3]) && step <= 10 && values.length === D.stops.length && values.every(isFinite);
      if (!known || belief.length !== 3 || sum(belief) !== 100 || !(compact || values.every(function (v, r) { return D.stops[r].indexOf(v) >= 0; }))) return null;
      return { belief: belief, values: values, camp: m[3], step: compact ? 0 : step, all: compact || m[5] === "all" };
    }
    function copy(s) { return Object.assign({}, s, { belief: s.belief.slice(), values: s.values.slice() }); }
    function warn(hash) { // a link that means a setting and gives none says so, above what is shown instead
      var note = find(".notice") || find(".answer").parentNode.insertBefore(document.createElement("p"), find(".answer"));
      note.className = "notice";
      note.setAttribute("role", "status");
      note.textContent = /^#?kim=/.test(hash) && !read(hash) ? "This link’s setting cannot be read. What is shown is where this page starts." : "";
      note.hidden = !note.textContent;
    }
    function show() {
      if (find(".notice")) find(".notice").hidden = true; // it spoke of what was shown before
      D.keys.forEach(function (k, i) { if (input(k)) said(input(k), own.belief[i], own.belief[i] + "%"); });
      if (!compact) {
        D.rates.forEach(function (r, i) { said(input(r), D.stops[i].indexOf(own.values[i]), lives(own.values[i] * D.units[i])); });
        input("camp").value = own.camp;
        said(input("step"), own.step, 10 * own.step + "%");
        input("all").checked = own.all;
        tell(".flips .effects", effectsFlip(own));
      }
      tell(".answer", sentence(own));
      tell(".flips .belief", beliefFlip(own));
      tell(".flips .price", priceFlip(own));
      find(".link").setAttribute("href", base + "#" + fragment(own));
      box.querySelectorAll("[data-preset]").forEach(function (b) {
        b.setAttribute("aria-pressed", fragment(D.presets[b.dataset.preset]) === fragment(own));
      });
      if (find(".bars")) bars(own);
      draw(own);
    }
    function said(slider, value, words) {
      slider.value = value;
      slider.setAttribute("aria-valuetext", words);
      slider.style.setProperty("--at", 100 * value / slider.max + "%");
      slider.parentNode.querySelector("output").textContent = words.split(" ")[0];
    }
    function believe(i, value) { // one reading moves, the other two share what is left as they did before
      var b = own.belief, j = (i + 1) % 3, k = (i + 2) % 3, rest = 100 - value;
      if (ratio === null) ratio = b[j] + b[k] ? b[j] / (b[j] + b[k]) : .5;
      b[i] = value; b[j] = Math.round(rest * ratio); b[k] = rest - b[j];
      show();
    }
    function shift(from, to, points) {
      points = Math.min(points, own.belief[from]);
      own.belief[from] -= points; own.belief[to] += points;
      show();
    }
    function pointed(event) { // the nearest belief in whole points
      var q = new DOMPoint(event.clientX, event.clientY).matrixTransform(tri.getScreenCTM().inverse());
      var d = 1 - q.y / HIGH, n = (q.x - SIDE / 2 * d) / SIDE, b = [1 - d - n, n, d].map(function (x) { return Math.max(0, x); }), all = sum(b);
      b = b.map(function (x) { return Math.round(100 * x / all); });
      b[b.indexOf(Math.max.apply(0, b))] += 100 - sum(b);
      own.belief = b;
      show();
    }

    if (input(D.keys[0])) D.keys.forEach(function (k, i) {
      input(k).addEventListener("input", function () { believe(i, Number(this.value)); });
      input(k).addEventListener("change", function () { ratio = null; });
    });
    if (!compact) {
      D.rates.forEach(function (r, i) { input(r).addEventListener("input", function () { own.values[i] = D.stops[i][Number(this.value)]; show(); }); });
      input("camp").addEventListener("change", function () { // a camp says nothing from no distance: half-way, then
        own.camp = this.value;
        if (!own.step) own.step = 5;
        show();
      });
      input("step").addEventListener("input", function () { own.step = Number(this.value); show(); });
      input("all").addEventListener("change", function () { own.all = this.checked; show(); });
    }
    box.querySelectorAll("[data-preset]").forEach(function (b) {
      b.addEventListener("click", function () { own = copy(D.presets[b.dataset.preset]); show(); });
    });
    if (find(".reset")) find(".reset").addEventListener("click", function () {
      own = copy(D.presets[D.start]);
      if (read(location.hash)) history.replaceState(null, "", location.pathname + location.search);
      show();
    });
    tri.addEventListener("click", pointed);
    hold.addEventListener("pointerdown", function (event) { hold.setPointerCapture(event.pointerId); });
    hold.addEventListener("pointermove", function (event) { if (hold.hasPointerCapture(event.pointerId)) pointed(event); });
    tri.addEventListener("keydown", function (event) {
      var points = event.shiftKey ? 10 : 1, b = own.belief, larger = b[0] >= b[1] ? 0 : 1;
      if (event.key === "ArrowLeft") shift(b[1] ? 1 : 2, 0, points);
      else if (event.key === "ArrowRight") shift(b[0] ? 0 : 2, 1, points);
      else if (event.key === "ArrowUp") shift(larger, 2, points);
      else if (event.key === "ArrowDown") shift(2, 1 - larger, points);
      else return;
      event.preventDefault();
    });
    addEventListener("hashchange", function () { var s = read(location.hash); if (s) { own = s; show(); } warn(location.hash); });

    own = read(location.hash) || copy(D.presets[D.start]);
    find(".tri").replaceChildren(tri);
    find(".still").remove();
    box.classList.add("live");
    box.querySelectorAll(".set").forEach(function (part) { part.hidden = false; });
    show();
    warn(location.hash);
  }

  document.addEventListener("DOMContentLoaded", function () { document.querySelectorAll(".own-kim").forEach(begin); });
})();
