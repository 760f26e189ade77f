// Negotiate it yourself: judges any deal over the page's table of draws. The sums are those of
// bargain/live/negotiate.py, which has them from bargain/deal, and the words of its answer those of seeds/answers.csv;
// tests/bargain/test_negotiate.py compares.
(function () {
  "use strict";
  var range = function (n) { return Array.from({ length: n }, function (_, i) { return i; }); };
  var sum = function (a) { return a.reduce(function (x, y) { return x + y; }, 0); };
  var listed = function (a) { return a.length < 2 ? a.join("") : a.slice(0, -1).join(", ") + " and " + a[a.length - 1]; };

  // ---------------------------------------------------------------- the model: sides 0 Kim, 1 the coalition
  function model(D) {
    var N = D.draws, S = D.steps.length, n = S + D.pairs.length, T = D.periods, T1 = T + 1, M = D.minds.length;
    var owner = D.steps.concat(D.pairs).map(function (x) { return x.side; });
    var pairsOf = range(S).map(function (i) { return range(n - S).filter(function (k) { return D.pairs[k].members.indexOf(i) >= 0; }); });

    function unpack(columns) { // [draw * columns + column]
      var out = new Float64Array(N * columns.length);
      columns.forEach(function (c, i) {
        var unit = Math.pow(10, c[0]);
        for (var k = 0; k < N; k++) {
          var v = c[1].length > 1 ? c[1][k] : c[1][0];
          if (v !== null && typeof v !== "number") throw new Error("a column of draws is broken");
          out[k * columns.length + i] = v === null ? Infinity : v / unit;
        }
      });
      return out;
    }
    var t = D.table, undo = unpack(t.undo), priced = t.values.map(unpack), drawn = {};
    ["delta", "trust", "hazard", "residual", "out", "spike"].forEach(function (name) { drawn[name] = unpack(t[name]); });
    var live = [new Float64Array(N * n), new Float64Array(N * n)], lasting = [new Float64Array(N * n), new Float64Array(N * n)], lasts = new Float64Array(n);
    for (var k = 0; k < N; k++) {
      for (var i = 0; i < n; i++) lasts[i] = i < S ? undo[k * S + i] : Math.min.apply(0, D.pairs[i - S].members.map(function (m) { return undo[k * S + m]; }));
      [0, 1].forEach(function (p) {
        var delta = drawn.delta[k * 2 + p];
        for (var i = k * n; i < (k + 1) * n; i++) {
          live[p][i] = priced[p][2 * i];
          lasting[p][i] = priced[p][2 * i + 1] * (1 - Math.pow(delta, lasts[i - k * n])) / (1 - delta);
        }
      });
    }
    var factor = t.minds.map(function (columns) { // what a mind multiplies Kim's value of each step by
      var w = unpack(columns), goals = columns.length, out = new Float64Array(N * n);
      for (var k = 0; k < N; k++) {
        var all = 0;
        for (var g = 0; g < goals; g++) all += w[k * goals + g];
        for (var i = 0; i < n; i++) {
          var x = 0;
          for (g = 0; g < goals; g++) x += w[k * goals + g] / all * D.shares[i][g];
          out[k * n + i] = goals * x;
        }
      }
      return out;
    });

    // The reader's own beliefs, and what follows from them.
    var own, dues, forms;
    function believe(now) {
      own = now;
      dues = [0, 1].map(function (p) {
        return Float64Array.from(range(N), function (k) { return (drawn.out[k * 2 + p] * own.out[p] + (p ? 0 : own.premium)) / (1 - drawn.delta[k * 2 + p]); });
      });
      forms = [form(0), form(1)];
    }
    // Of side p by draw and half-year t: its fear q, m = δ(1 - q), and A, B: what 1 a half-year is worth from t on while
    // the deal lives, and once it broke; D is the product of m up to t.
    function form(p) {
      var L = T + D.tail, q = new Float64Array(L + 1), f = { q: new Float64Array(N * T1), m: new Float64Array(N * T1), A: new Float64Array(N * T1), B: new Float64Array(N * T1), D: new Float64Array(N * T1) };
      for (var k = 0; k < N; k++) {
        var at = k * 2 + p, trust = 1 - Math.min((1 - drawn.trust[at]) * own.doubt[p], 1), doubt = 1 - trust, delta = drawn.delta[at];
        for (var t = 1; t <= L; t++) {
          var low = drawn.residual[at], high = drawn.hazard[at];
          if (t === D.spike_at) { low = Math.min(low + drawn.spike[at], 1); high = Math.min(high + drawn.spike[at], 1); }
          q[t] = Math.min(trust * low + doubt * high, 1);
          if (q[t] < 1) {
            trust *= 1 - low; doubt *= 1 - high;
            var both = trust + doubt;
            trust /= both; doubt /= both;
          }
        }
        var end = 1 - delta * (1 - q[L]), A = (1 - q[L]) / end, B = q[L] / end;
        for (t = L; t >= 1; t--) {
          A = 1 - q[t] + delta * (1 - q[t]) * A;
          B = q[t] + delta * (1 - q[t]) * B;
          if (t <= T1) { var o = k * T1 + t - 1; f.q[o] = q[t]; f.m[o] = delta * (1 - q[t]); f.A[o] = A; f.B[o] = B; }
        }
        for (t = 0, A = 1; t < T1; t++) { f.D[k * T1 + t] = A; A *= f.m[k * T1 + t]; }
      }
      return f;
    }

    // What step i, in force from half-year s on, adds to side p's carrying on and walking away in draw k, up to half-year
    // `to`: into C and W.
    function add(C, W, p, k, i, s, to) {
      if (!s || s > T) return;
      var f = forms[p], c = live[p][k * n + i], b = lasting[p][k * n + i], mine = owner[i] === p, o = k * T1 - 1, t;
      var v = c * f.A[o + s] + b * (mine ? f.B[o + s] : f.B[o + s] - f.q[o + s]);
      if (s <= to) {
        C[s - 1] += v;
        if (!mine) W[s - 1] += b * (1 - f.q[o + s]);
      }
      for (t = s - 1; t >= 1; t--) { v *= f.m[o + t]; if (t <= to) C[t - 1] += v; }
      for (t = s + 1; t <= to; t++) { C[t - 1] += c * f.A[o + t] + b * f.B[o + t]; W[t - 1] += b; }
    }
    function dates(starts) { // of steps, then of pairs
      var when = starts.map(function (s, i) { return s ? s + D.steps[i].duration : 0; });
      D.pairs.forEach(function (pair) {
        var all = pair.members.map(function (m) { return when[m]; });
        when.push(all.every(function (d) { return d > 0; }) ? Math.max.apply(0, all) : 0);
      });
      return when;
    }
    // Carrying on and walking away of all units: each mind's Kims, then the coalition, [(unit * N + draw) * T1 + t].
    function values(when) {
      var out = { C: new Float64Array((M + 1) * N * T1), W: new Float64Array((M + 1) * N * T1) }, c = new Float64Array(T1), w = new Float64Array(T1);
      for (var p = 0; p < 2; p++) for (var k = 0; k < N; k++) for (var i = 0; i < n; i++) {
        if (!when[i] || when[i] > T) continue;
        c.fill(0); w.fill(0);
        add(c, w, p, k, i, when[i], T1);
        for (var r = p ? M : 0; r < (p ? M + 1 : M); r++) {
          var x = p ? 1 : factor[r][k * n + i], o = (r * N + k) * T1;
          for (var t = 0; t < T1; t++) { out.C[o + t] += x * c[t]; out.W[o + t] += x * w[t]; }
        }
      }
      return out;
    }
    function life(C, W, o, due) { // half-years that a unit stays
      for (var t = 0; t < T1; t++) if (due + Math.max(W[o + t], 0) - C[o + t] > D.tolerance) return t;
      return T1;
    }
    function cause(when, p, r, k, t, walks) { // the own step that weighs most against staying, or -1
      var least = 0, found = -1, c = new Float64Array(T1), w = new Float64Array(T1);
      for (var i = 0; i < S; i++) {
        if (owner[i] !== p || !when[i] || when[i] > T) continue;
        c.fill(0); w.fill(0);
        add(c, w, p, k, i, when[i], T1);
        var v = (c[t] - (walks ? w[t] : 0)) * (p ? 1 : factor[r][k * n + i]);
        if (v < least) { least = v; found = i; }
      }
      return found;
    }
    function commonest(votes, which) { // what has most of the weight, the least where several have
      var tally = new Map();
      votes.forEach(function (v) { tally.set(v[which], (tally.get(v[which]) || 0) + v[0]); });
      return Array.from(tally.keys()).sort(function (a, b) { return tally.get(b) - tally.get(a) || a - b; })[0];
    }
    function median(votes, which) { // of votes in order, each counted by its weight
      var all = sum(votes.map(function (v) { return v[0]; }));
      var at = function (place) { for (var j = 0, passed = 0; j < votes.length; j++) { passed += votes[j][0]; if (passed > place) return votes[j][which]; } };
      return (at(Math.floor((all - 1) / 2)) + at(Math.floor(all / 2))) / 2;
    }
    function leaves(votes) { // of [weight, side, half-year, step, pays]
      if (!votes.length) return null;
      var side = commonest(votes, 1), mine = votes.filter(function (v) { return v[1] === side; }).sort(function (a, b) { return a[2] - b[2]; });
      return { side: side, t: median(mine, 2), step: commonest(mine, 3), pays: commonest(mine, 4) };
    }
    function judge(starts) {
      var when = dates(starts), got = values(when), every = N * Math.max(sum(own.belief), 1), zeros = function () { return range(T1).map(function () { return 0; }); };
      var gone = range(D.starts + 1).map(function (t) { return removed(when, t); });
      var out = { values: got, dues: dues, kim: [], both: [], kept: [], coalition: 0, signed: 0, lasts: 0, gone: 0, alive: zeros(), walks: [zeros(), zeros()], ends: [] };
      var votes = [[], []], lives = out.lives = [], signs = [];
      for (var u = 0; u <= M; u++) for (var k = 0; k < N; k++) {
        var o = (u * N + k) * T1, due = dues[u === M ? 1 : 0][k];
        lives.push(life(got.C, got.W, o, due));
        signs.push(due - got.C[o] <= D.tolerance);
      }
      for (k = 0; k < N; k++) out.coalition += signs[M * N + k];
      for (var r = 0; r < M; r++) {
        out.kim[r] = out.both[r] = out.kept[r] = 0;
        for (k = 0; k < N; k++) {
          var a = r * N + k, b = M * N + k, both = signs[a] && signs[b], until = Math.min(lives[a], lives[b]), w = own.belief[r];
          out.kim[r] += signs[a]; out.both[r] += both; out.kept[r] += until === T1;
          if (both) {
            for (var t = 0; t < until; t++) out.alive[t] += w / every;
            out.gone += w * gone[Math.min(until, D.starts)] / every;
          }
          out.ends.push(null);
          if (!w || until === T1) continue;
          var short = [a, b].map(function (x, p) { return dues[p][k] + Math.max(got.W[x * T1 + until], 0) - got.C[x * T1 + until]; });
          var side = short[1] > short[0] ? 1 : 0, pays = got.W[(side ? b : a) * T1 + until] > 0;
          var end = out.ends[a] = [w, side, until + 1, cause(when, side, r, k, until, pays), pays ? 1 : 0];
          votes[both ? 1 : 0].push(end);
          if (both) out.walks[side][until] += w / every;
        }
        out.signed += own.belief[r] * out.both[r]; out.lasts += own.belief[r] * out.kept[r];
      }
      out.signed /= every; out.lasts /= every;
      out.refuses = leaves(votes[0]); out.leaves = leaves(votes[1]);
      out.removed = gone[D.starts];
      var costs = range(N).map(function (k) {
        return -sum(range(n).map(function (i) { return owner[i] && when[i] ? live[1][k * n + i] * Math.max(0, D.starts + 1 - when[i]) : 0; }));
      }).sort(function (x, y) { return x - y; });
      out.cost = (costs[Math.floor((N - 1) / 2)] + costs[Math.floor(N / 2)]) / 2;
      return out;
    }
    function removed(when, by) { return sum(D.steps.map(function (s, i) { return when[i] && when[i] <= by ? s.weapons : 0; })); }

    // As `add`, at half-year t alone.
    function once(p, k, i, s, t, walks) {
      if (!s || s > T || walks && t < s) return 0;
      var f = forms[p], at = k * n + i, mine = owner[i] === p, c = live[p][at], b = lasting[p][at], o = k * T1 - 1;
      if (walks) return t > s ? b : mine ? 0 : b * (1 - f.q[o + s]);
      if (t > s) return c * f.A[o + t] + b * f.B[o + t];
      return (c * f.A[o + s] + b * (mine ? f.B[o + s] : f.B[o + s] - f.q[o + s])) * f.D[o + s] / f.D[o + t];
    }
    // Of every deal in `tries`, each `starts` with some steps moved: pairs that keep and that sign it, by belief, and the
    // weapons that it removes. A unit whose worst half-year stays bad is not looked at further.
    function compare(starts, tries) {
      var here = dates(starts), got = values(here), C = got.C, W = got.W, c = new Float64Array(T1), w = new Float64Array(T1);
      var gC = new Float64Array(T1), gW = new Float64Array(T1), units = (M + 1) * N, gone = {};
      var worst = new Uint8Array(units), next = new Uint8Array(units * (T1 + 1)); // next: whether a row fails from t on
      for (var u = 0; u < units; u++) {
        var most = -Infinity;
        for (var t = T1 - 1; t >= 0; t--) {
          var short = dues[u < M * N ? 0 : 1][u % N] + Math.max(W[u * T1 + t], 0) - C[u * T1 + t];
          if (short >= most) { most = short; worst[u] = t; }
          next[u * (T1 + 1) + t] = short > D.tolerance || next[u * (T1 + 1) + t + 1] ? 1 : 0;
        }
      }
      function without(p, i) { // what step or pair i adds in its present place, in all draws of a side
        var key = p + "," + i;
        if (gone[key]) return gone[key];
        var out = { C: new Float64Array(N * T1), W: new Float64Array(N * T1) };
        for (var k = 0; k < N; k++) add(out.C.subarray(k * T1, k * T1 + T1), out.W.subarray(k * T1, k * T1 + T1), p, k, i, here[i], T1);
        return gone[key] = out;
      }
      function moved(changed, p, k, r, t, walks) { // what the changes add at one half-year
        var sum = 0;
        for (var j = 0; j < changed.length; j++) {
          var one = changed[j];
          sum += (p ? 1 : factor[r][k * n + one.i]) * (once(p, k, one.i, one.now, t, walks) - once(p, k, one.i, one.was, t, walks));
        }
        return sum;
      }
      function stays(changed, p, k, r, to) { // whether a unit keeps the deal; the changes make no difference after `to`
        var u = (p ? M : r) * N + k, o = u * T1, due = dues[p][k] - D.tolerance, t = worst[u], x, j, i;
        if (next[u * (T1 + 1) + to]) return false;
        if (t < to && forms[p].D[k * T1 + t] > 0) {
          x = due - C[o + t] - moved(changed, p, k, r, t + 1, false) + Math.max(W[o + t] + moved(changed, p, k, r, t + 1, true), 0);
          if (x > D.tolerance) return false; // beyond what the last bits could turn
        }
        gC.fill(0, 0, to); gW.fill(0, 0, to);
        for (j = 0; j < changed.length; j++) {
          i = changed[j].i; x = p ? 1 : factor[r][k * n + i];
          var before = without(p, i), at = k * T1;
          c.fill(0, 0, to); w.fill(0, 0, to);
          add(c, w, p, k, i, changed[j].now, to);
          for (t = 0; t < to; t++) { gC[t] += x * (c[t] - before.C[at + t]); gW[t] += x * (w[t] - before.W[at + t]); }
        }
        for (t = 0; t < to; t++) {
          x = W[o + t] + gW[t];
          if (due + (x > 0 ? x : 0) - C[o + t] - gC[t] > 0) return false;
        }
        return true;
      }
      return tries.map(function (then) {
        var when = dates(then), kept = 0, signed = 0, changed = [], to = 0, signs = function (p, k, r) {
          return dues[p][k] - C[((p ? M : r) * N + k) * T1] - moved(changed, p, k, r, 1, false) <= D.tolerance;
        };
        for (var i = 0; i < n; i++) if (when[i] !== here[i]) {
          changed.push({ i: i, was: here[i], now: when[i] });
          to = Math.max(to, here[i] && when[i] && when[i] <= T ? Math.max(here[i], when[i]) : T1);
        }
        to = Math.min(to, T1);
        for (var k = 0; k < N; k++) {
          if (!signs(1, k, M)) continue;
          var theirs = stays(changed, 1, k, M, to);
          for (var r = 0; r < M; r++) {
            if (!own.belief[r] || !signs(0, k, r)) continue;
            signed += own.belief[r];
            if (theirs && stays(changed, 0, k, r, to)) kept += own.belief[r];
          }
        }
        return [kept, signed, removed(when, D.starts)];
      });
    }
    return { believe: believe, judge: judge, compare: compare, dates: dates, every: function () { return N * Math.max(sum(own.belief), 1); } };
  }

  // ---------------------------------------------------------------- what the table of steps allows
  function rules(D) {
    var R = {};
    var name = function (i) { return D.steps[i].name; };
    R.done = function (starts, i) { return starts[i] + D.steps[i].duration; };
    R.needed = function (i) { return range(D.steps.length).filter(function (k) { return D.steps[k].needs.indexOf(i) >= 0; }); };
    R.missing = function (starts, i) { return D.steps[i].needs.filter(function (j) { return !starts[j]; }); };
    R.earliest = function (starts, i) { // and the need that decides it
      var best = { t: D.steps[i].start, by: null };
      D.steps[i].needs.forEach(function (j) { if (starts[j] && R.done(starts, j) > best.t) best = { t: R.done(starts, j), by: j }; });
      return best;
    };
    R.latest = function (starts, i) {
      var best = { t: D.starts, by: null };
      R.needed(i).forEach(function (k) { if (starts[k] && starts[k] - D.steps[i].duration < best.t) best = { t: starts[k] - D.steps[i].duration, by: k }; });
      return best;
    };
    R.taken = function (starts, i) { // what goes when step i goes, itself the first
      var gone = [i];
      for (var j = 0; j < gone.length; j++) R.needed(gone[j]).forEach(function (k) { if (starts[k] && gone.indexOf(k) < 0) gone.push(k); });
      return gone;
    };
    R.without = function (starts, i) {
      var out = starts.slice();
      R.taken(starts, i).forEach(function (k) { out[k] = 0; });
      return out;
    };
    R.withNeeds = function (starts, i) { // step i and all that it needs, each as early as can be; null where six years are too few
      var out = starts.slice();
      (function put(k) {
        if (out[k]) return;
        D.steps[k].needs.forEach(put);
        out[k] = R.earliest(out, k).t;
      })(i);
      return out.every(function (s) { return s <= D.starts; }) ? out : null;
    };
    R.broken = function (starts) { // sentences on what a deal from elsewhere does against the table
      var out = [];
      starts.forEach(function (s, i) {
        if (!s) return;
        var missing = R.missing(starts, i), early = D.steps[i].needs.filter(function (j) { return starts[j] && R.done(starts, j) > s; });
        if (missing.length) out.push("“" + name(i) + "” without " + listed(missing.map(function (j) { return "“" + name(j) + "”"; })));
        if (early.length) out.push("“" + name(i) + "” before " + listed(early.map(function (j) { return "“" + name(j) + "”"; })));
        if (s < D.steps[i].start) out.push("“" + name(i) + "” before half-year " + D.steps[i].start);
      });
      return out;
    };
    return R;
  }
  window.negotiate = { model: model, rules: rules };

  // ---------------------------------------------------------------- the page
  function begin(box) {
    var find = function (q) { return box.querySelector(q); }, all = function (q) { return Array.from(box.querySelectorAll(q)); };
    var notice = find(".notice"), D, X, R;
    try {
      D = JSON.parse(find(".deal-data").textContent);
      X = model(D); R = rules(D);
    } catch (error) {
      notice.textContent = "The table of draws did not load, so nothing can be moved here: what you see is the deal as drawn.";
      return;
    }
    var index = {}, starts, own, before = null, offered, later = 0;
    D.steps.forEach(function (s, i) { index[s.id] = i; });
    var rows = D.steps.map(function (s) { return find('[data-step="' + s.id + '"]'); });
    var quoted = function (i) { return "“" + D.steps[i].name + "”"; };
    var fresh = function () { return JSON.parse(JSON.stringify(D.own)); };
    var row = function (named) { return D.steps.map(function (s) { return named[s.id] || 0; }); };

    // ---- sentences: the words of seeds/answers.csv, chosen as in negotiate.py
    function filled(name, facts) {
      var text = D.says[name].replace(/\{(\w+)\}/g, function (_, fact) { return facts[fact]; });
      return text.charAt(0).toUpperCase() + text.slice(1);
    }
    function in100(x) {
      if (x > 0 && x < .005) return "fewer than 1";
      if (x >= .995 && x < 1) return "more than 99";
      return String(Math.floor(100 * x + .5));
    }
    var who = function (side) { return side ? "The coalition" : "Kim"; };
    var over = function (i) { return i < 0 ? "what holding out would earn" : quoted(i); };
    function cost(x) {
      var billions = (Math.abs(x) / 1000).toFixed(1);
      return filled(billions === "0.0" ? "costs_nothing" : x > 0 ? "costs" : "earns", { billions: billions });
    }
    function sentences(said) { // the first, and the others
      if (!starts.some(Boolean)) return [filled("empty"), ""];
      if (!sum(own.belief)) return [filled("nobody"), ""];
      var rest = [], removes = !said.removed ? "removes_none" : said.lasts < 1 ? "removes_in_part" : "removes";
      var first = said.signed > 0 ? filled("signed", { sign: in100(said.signed), keep: said.lasts ? in100(said.lasts) : "none" }) : filled("unsigned");
      if (said.refuses && said.signed < .5) rest.push(filled("refuses", { who: who(said.refuses.side), what: over(said.refuses.step) }));
      if (said.leaves) rest.push(filled(said.leaves.pays ? "leaves_gaining" : "leaves_regretting",
        { who: who(said.leaves.side), when: said.leaves.t, what: over(said.leaves.step) }));
      rest.push(filled(removes, { removed: said.removed, mean: Math.floor(said.gone + .5) }), cost(said.cost));
      return [first, rest.join(" ")];
    }

    // ---- the three changes
    function changes() {
      var tries = [], words = [], same = X.compare(starts, [starts])[0], every = X.every();
      D.steps.forEach(function (s, i) {
        var low = R.earliest(starts, i).t, high = R.latest(starts, i).t;
        if (starts[i]) {
          var gone = R.taken(starts, i).slice(1);
          tries.push(R.without(starts, i));
          words.push({ size: D.starts, text: "Take out " + quoted(i) + (gone.length ? ", and with it " + listed(gone.map(quoted)) : "") });
        } else if (R.missing(starts, i).length) return;
        for (var t = low; t <= high; t++) {
          if (t === starts[i]) continue;
          var then = starts.slice();
          then[i] = t;
          tries.push(then);
          words.push({ size: starts[i] ? Math.abs(t - starts[i]) : D.starts, text: starts[i] ? "Start " + quoted(i) + " in half-year " + t + ", not " + starts[i] : "Add " + quoted(i) + ", from half-year " + t });
        }
      });
      return X.compare(starts, tries).map(function (got, k) {
        return { starts: tries[k], text: words[k].text, size: words[k].size, kept: got[0] / every, more: got[0] - same[0], signs: got[1] / every, pens: got[1] - same[1], weapons: got[2] - same[2] };
      });
    }
    function best(found) { // one change a step: first those that give up no weapons, by who keeps it, then by who signs; then the rest
      var help = found.filter(function (m) { return m.more > 0 || m.more === 0 && m.pens > 0; }).sort(function (a, b) {
        return (a.weapons < 0) - (b.weapons < 0) || b.more - a.more || b.pens - a.pens || a.size - b.size;
      }), met = {};
      return help.filter(function (m) {
        var i = m.starts.findIndex(function (s, j) { return s !== starts[j]; });
        return !met[i] && (met[i] = true);
      }).slice(0, 3);
    }

    // ---- a link's deal
    function fragment() {
      var text = "deal=" + D.steps.map(function (s, i) { return starts[i] ? s.id + ":" + starts[i] : ""; }).filter(Boolean).join();
      if (JSON.stringify(own) === JSON.stringify(D.own)) return text;
      return text + ";" + [own.belief, own.doubt, own.out, [own.premium]].map(function (a) { return a.join(); }).join(";");
    }
    function short(text) { return text.length > 40 ? text.slice(0, 40) + "…" : text; }
    function read(hash) { // {starts, own}, {wrong: sentence}, or null where it is no deal
      try { hash = decodeURIComponent(hash); } catch (error) { /* read as it stands: a deal's own letters need no escapes */ }
      var preset = /^#start=(.*)$/.exec(hash), m = /^#deal=([^;]*)(?:;(.*))?$/.exec(hash);
      var shown = " “" + D.presets[D.start].name + "” is shown instead.";
      if (preset) {
        if (Object.prototype.hasOwnProperty.call(D.presets, preset[1])) return { starts: row(D.presets[preset[1]].starts), own: fresh() };
        return { wrong: "This link starts from a deal that the page does not know: " + short(preset[1]) + "." + shown };
      }
      if (!m) return null;
      var out = { starts: row({}), own: fresh() }, wrong = "";
      m[1].split(",").filter(Boolean).forEach(function (part) {
        var item = /^(\w+):(\d+)$/.exec(part), known = item && Object.prototype.hasOwnProperty.call(index, item[1]);
        if (!item) wrong = wrong || "This link cannot be read.";
        else if (!known) wrong = wrong || "This link names a step that does not exist: " + short(item[1]) + ".";
        else if (out.starts[index[item[1]]]) wrong = wrong || "This link names " + item[1] + " twice.";
        else if (item[2] < 1 || item[2] > D.starts) wrong = wrong || "This link starts " + item[1] + " in half-year " + short(item[2]) + "; a step starts in one of 1 to " + D.starts + ".";
        else out.starts[index[item[1]]] = Number(item[2]);
      });
      if (m[2] !== undefined) {
        var parts = m[2].split(";").map(function (p) { return p.split(",").map(function (n) { return /^\d+(\.\d+)?$/.test(n) ? Number(n) : NaN; }); });
        var fits = parts.length === 4 && [own0("belief"), 2, 2, 1].every(function (n, k) { return parts[k].length === n; }) &&
          sliders.every(function (s) { var v = parts[s.part][s.at]; return v >= Number(s.input.min) && v <= Number(s.input.max); });
        if (fits) out.own = { belief: parts[0], doubt: parts[1], out: parts[2], premium: parts[3][0] };
        else wrong = wrong || "The beliefs in this link cannot be read.";
      }
      return wrong ? { wrong: wrong + shown } : out;
    }
    function own0(name) { return D.own[name].length; }

    // ---- controls
    var sliders = all(".own input").map(function (input) {
      var m = /^(belief|doubt|out|premium)(\d?)$/.exec(input.name);
      return { input: input, name: m[1], at: Number(m[2]), part: ["belief", "doubt", "out", "premium"].indexOf(m[1]) };
    });
    function shown(s) {
      if (s.name === "belief") return Math.round(100 * own.belief[s.at] / Math.max(sum(own.belief), 1)) + "%";
      return s.name === "premium" ? "+" + own.premium : "×" + own[s.name][s.at];
    }
    function say(text, act, does, i) { // i: the step at which the offer can be taken by Enter
      notice.textContent = text;
      offered = act ? i : undefined;
      if (!act) return;
      var button = notice.appendChild(document.createElement("button"));
      button.type = "button"; button.textContent = act;
      button.addEventListener("click", does);
    }
    function set(next, words, i) { // a new deal; the last can be had back
      before = starts; starts = next;
      show();
      if (words) say(words + " ", "Undo", function () { starts = before; say(""); show(); }, i);
      else say("");
    }
    function put(i, t) { // step i to half-year t, 0 = out; what the table forbids is said
      var step = D.steps[i], missing = R.missing(starts, i), low = R.earliest(starts, i), high = R.latest(starts, i), next = starts.slice();
      if (t === starts[i]) return show();
      if (!t) {
        var gone = R.taken(starts, i).slice(1);
        return set(R.without(starts, i), gone.length ? "With " + quoted(i) + " went what needs it: " + listed(gone.map(quoted)) + "." : "", i);
      }
      if (missing.length) {
        var whole = R.withNeeds(starts, i);
        show();
        return say(quoted(i) + " needs " + listed(missing.map(quoted)) + ", not in the deal." + (whole ? " " : " Even at the earliest dates six years are too few for it."), whole && "Add what it needs",
          function () { set(whole, "Added: " + listed(whole.map(function (s, k) { return s && !starts[k] ? k : -1; }).filter(function (k) { return k >= 0; }).map(quoted)) + ".", i); }, i);
      }
      var words = "";
      if (t < low.t) words = quoted(i) + " cannot start before half-year " + low.t + (low.by === null ? "." : ": it needs " + quoted(low.by) + ", in force in half-year " + R.done(starts, low.by) + ".");
      if (t > high.t && low.t <= high.t) words = quoted(i) + " cannot start after half-year " + high.t + ": " + quoted(high.by) + " needs it, and starts in half-year " + starts[high.by] + ".";
      if (low.t > high.t) { show(); return say(words || quoted(i) + " has no half-year here in which it could start."); }
      next[i] = Math.max(low.t, Math.min(high.t, t));
      if (next[i] === starts[i]) show(); else set(next, "");
      if (words) say(words);
    }
    function about(i) {
      var s = D.steps[i];
      if (!s) { find(".about").textContent = ""; return; }
      var needs = s.needs.length ? " Needs " + listed(s.needs.map(quoted)) + "." : "";
      var takes = s.duration ? " Takes " + s.duration + (s.duration === 1 ? " half-year." : " half-years.") : " Takes no time.";
      find(".about").textContent = s.id + ": " + s.about + "." + takes + needs + " Checked by: " + s.checked + ". A breach is noticed " + s.noticed + ".";
    }
    function place(i) {
      var s = D.steps[i], t = starts[i], done = R.done(starts, i), row = rows[i], input = row.querySelector("input");
      row.classList.toggle("out", !t);
      row.style.setProperty("--s", t);
      input.value = t;
      input.setAttribute("aria-valuetext", t ? "starts in half-year " + t + ", in force in half-year " + done : "left out");
      row.querySelector("output").textContent = t || "out";
    }
    function strip(said) {
      var place = find(".strip"), late = range(D.periods + 1).slice(D.starts);
      var alive = [said.signed].concat(said.alive.slice(0, D.starts), said.lasts);
      var lines = [["Deals alive, of 100", alive, "data"]].concat([0, 1].map(function (p) {
        var w = said.walks[p];
        return [p ? "Coalition walks" : "Kim walks", [null].concat(w.slice(0, D.starts), sum(late.map(function (t) { return w[t]; }))), p ? "coalition" : "kim"];
      }));
      var line = function (cells, roles) {
        var row = document.createElement("div");
        row.setAttribute("role", "row");
        cells.forEach(function (text, k) {
          var cell = row.appendChild(document.createElement("span"));
          cell.textContent = text;
          cell.setAttribute("role", roles[Math.min(k, 1)]);
        });
        return row;
      };
      place.replaceChildren(line(["Half-year (0: at signing)"].concat(0, range(D.starts).map(function (t) { return t + 1; }), "on"), ["columnheader", "columnheader"]));
      lines.forEach(function (one) {
        var shares = one[1], count = function (v) { return v === null ? "" : Math.floor(100 * v + .5) || "·"; };
        var row = place.appendChild(line([one[0]].concat(shares.map(count)), ["rowheader", "cell"]));
        shares.forEach(function (v, k) { row.children[k + 1].style.cssText = "--c:var(--" + one[2] + ");--h:" + Math.floor(100 * (v || 0) + .5) + "%"; });
      });
    }
    function showChanges() {
      var list = find(".moves ol"), found = best(changes());
      list.replaceChildren.apply(list, found.map(function (m) {
        var item = document.createElement("li");
        var gain = m.more > 0 ? in100(m.kept) + " of 100 keep it" : "no more keep it, but " + in100(m.signs) + " sign it";
        var arms = m.weapons ? "; " + Math.abs(m.weapons) + " weapons’ worth " + (m.weapons > 0 ? "more" : "fewer") + " removed" : "";
        item.textContent = m.text + ": " + gain + arms + ". ";
        var button = item.appendChild(document.createElement("button"));
        button.type = "button"; button.textContent = "Do it";
        button.setAttribute("aria-label", "Do it: " + m.text);
        button.addEventListener("click", function () { set(m.starts, m.text + ": done."); });
        return item;
      }));
      find(".moves").setAttribute("aria-busy", "false");
      if (!found.length) list.appendChild(document.createElement("li")).textContent = "No single change of one step would let more pairs sign this deal or keep it.";
    }
    function show() {
      X.believe(own);
      var said = X.judge(starts);
      rows.forEach(function (_, i) { place(i); });
      var words = sentences(said);
      find(".answer").textContent = words[0];
      find(".rest").textContent = words[1];
      var cells = D.minds.map(function (_, r) { return [said.kim[r], said.both[r], said.kept[r]]; }).concat([[0, 0, 0], [said.coalition, "", ""]]);
      all(".counts > div").slice(1).forEach(function (line, r) { cells[r].forEach(function (v, c) { line.children[c + 1].textContent = v; }); });
      var against = R.broken(starts);
      find(".against").textContent = against.length ? "Against the order that the table asks for: " + against.join("; ") + "." : "";
      strip(said);
      sliders.forEach(function (s) {
        s.input.value = s.name === "premium" ? own.premium : own[s.name][s.at];
        s.input.parentNode.querySelector("output").textContent = shown(s);
        s.input.setAttribute("aria-valuetext", shown(s));
        s.input.style.setProperty("--at", 100 * (s.input.value - s.input.min) / (s.input.max - s.input.min) + "%");
      });
      clearTimeout(later); // the answer first; while steps are dragged the changes wait
      find(".moves").setAttribute("aria-busy", "true");
      later = setTimeout(showChanges, 0);
      find(".link").setAttribute("href", "#" + fragment());
      all("[data-preset]").forEach(function (b) {
        b.setAttribute("aria-pressed", row(D.presets[b.dataset.preset].starts).join() === starts.join());
      });
      return said;
    }
    function asText() {
      var lines = [];
      [0, 1].forEach(function (p) {
        lines.push(p ? "The coalition:" : "Kim:");
        D.steps.map(function (s, i) { return i; }).filter(function (i) { return D.steps[i].side === p && starts[i]; })
          .sort(function (a, b) { return starts[a] - starts[b]; })
          .forEach(function (i) { lines.push("  from half-year " + starts[i] + ", in force in " + R.done(starts, i) + ": " + D.steps[i].name + " (" + D.steps[i].id + ")"); });
      });
      return lines.concat(find(".answer").textContent, find(".rest").textContent, location.href.split("#")[0] + "#" + fragment()).join("\n");
    }
    function load(got) {
      if (!got) return false;
      if (got.wrong) { starts = row(D.presets[D.start].starts); own = fresh(); show(); say(got.wrong); return true; }
      starts = got.starts; own = got.own;
      show(); say("");
      return true;
    }

    rows.forEach(function (one, i) {
      var input = one.querySelector("input");
      input.addEventListener("input", function () { put(i, Number(input.value)); });
      input.addEventListener("focus", function () { about(i); });
      one.addEventListener("pointerenter", function () { about(i); });
      one.addEventListener("pointerleave", function () { about(rows.indexOf(document.activeElement.closest(".row"))); });
      input.addEventListener("keydown", function (event) {
        if (event.key === "Delete" || event.key === "Backspace") put(i, 0);
        else if (event.key === "Enter" && offered === i) notice.querySelector("button").click();
        else if (!starts[i] && (event.key === "ArrowRight" || event.key === "ArrowUp" || event.key === "Enter")) put(i, R.earliest(starts, i).t);
        else return;
        event.preventDefault();
      });
      one.querySelectorAll(".stepper button").forEach(function (b) {
        b.addEventListener("click", function () {
          var low = R.earliest(starts, i).t, by = Number(b.dataset.by), t = starts[i] + by;
          put(i, by > 0 && !starts[i] ? low : by < 0 && starts[i] <= low ? 0 : t);
          about(i);
        });
      });
    });
    sliders.forEach(function (s) {
      s.input.addEventListener("input", function () {
        if (s.name === "premium") own.premium = Number(s.input.value); else own[s.name][s.at] = Number(s.input.value);
        show();
      });
    });
    all("[data-preset]").forEach(function (b) { b.addEventListener("click", function () { set(row(D.presets[b.dataset.preset].starts), ""); }); });
    find(".reset").addEventListener("click", function () {
      own = fresh();
      if (/^#(deal|start)=/.test(location.hash)) history.replaceState(null, "", location.pathname + location.search);
      set(row(D.presets[D.start].starts), "");
    });
    find(".copy").addEventListener("click", function () {
      var text = find(".text");
      text.value = asText(); text.hidden = false; text.select();
      if (navigator.clipboard) navigator.clipboard.writeText(text.value).then(function () { say("Copied."); }, function () {});
    });
    find(".print").addEventListener("click", function () { window.print(); });
    addEventListener("hashchange", function () { load(read(location.hash)); });

    find(".still").remove();
    box.classList.add("live");
    all(".set, .track input, .stepper").forEach(function (part) { if (!part.classList.contains("text")) part.hidden = false; });
    own = fresh();
    if (!load(read(location.hash))) { starts = row(D.presets[D.start].starts); show(); }
  }

  document.addEventListener("DOMContentLoaded", function () { document.querySelectorAll(".negotiate").forEach(begin); });
})();
