// Full-text search: a dialog over every page. The index and the library (elasticlunr) are scripts beside the pages,
// loaded when a reader first asks: so it works from a folder, without a server and without the network.
(function () {
  "use strict";
  var MOST = 24, MOST_ROWS = 12, AROUND = 90, index = null, rows = null, data = [], dialog, field, list, status, home;

  function load(src) {
    return new Promise(function (done, failed) {
      var script = document.createElement("script");
      script.src = src; script.onload = done; script.onerror = failed;
      document.head.appendChild(script);
    });
  }
  function ready() { // the index, made once
    if (ready.soon) return ready.soon;
    ready.soon = Promise.all(["search/elasticlunr.min.js", "search/index.js"].map(function (file) { return load(home + file); })).then(function () {
      rows = window.pageIndex;
      return load(home + "search/rows.js").catch(function () { window.tableRows = []; }); // a book without rows of data
    }).then(function () {
      window.tableRows.forEach(function (page) {
        page.r.forEach(function (row) {
          data.push({ u: page.u + "#" + row[0], p: page.p, h: row[1], b: row[2], id: row[0].toLowerCase(), name: row[1].toLowerCase(), all: (page.p + " " + row.join(" ")).toLowerCase() });
        });
      });
      index = elasticlunr(function () {
        this.setRef("n"); ["h", "p", "b"].forEach(this.addField, this); this.saveDocument(false);
      });
      return new Promise(function (done) { // a few sections at a time, so that the page goes on answering
        (function some(n) {
          for (var end = Math.min(n + 25, rows.length); n < end; n++) index.addDoc({ n: n, h: rows[n].h, p: rows[n].p, b: rows[n].b });
          if (n < rows.length) setTimeout(some, 0, n); else done();
        })(0);
      });
    });
    ready.soon.catch(function () { ready.soon = null; });
    return ready.soon;
  }
  function add(parent, tag, text, name) {
    var e = parent.appendChild(document.createElement(tag));
    if (text) e.textContent = text;
    if (name) e.className = name;
    return e;
  }
  function words(query) { return elasticlunr.tokenizer(query).map(function (w) { return w.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ""); }).filter(Boolean); }
  function stems(word) { return elasticlunr.stemmer(word); }
  function marked(parent, text, sought) { // the text with the words that were sought in bold
    text.split(/([\p{L}\p{N}]+)/u).forEach(function (piece) {
      var word = piece.toLowerCase(), hit = sought.some(function (s) { return word.indexOf(s) === 0; });
      if (hit) add(parent, "mark", piece); else parent.appendChild(document.createTextNode(piece));
    });
  }
  function around(text, sought) { // the part of a section where a word stands first
    var low = text.toLowerCase(), at = sought.map(function (s) { return low.search(new RegExp("(^|[^\\p{L}\\p{N}])" + s, "u")); }).filter(function (i) { return i >= 0; });
    var from = Math.max(0, Math.min.apply(0, at.concat(at.length ? [] : [0])) - AROUND), to = Math.min(text.length, from + 3 * AROUND);
    if (from) from = text.indexOf(" ", from) + 1;
    if (to < text.length) to = text.lastIndexOf(" ", to);
    return (from ? "… " : "") + text.slice(from, to) + (to < text.length ? " …" : "");
  }
  function inRows(query) { // rows of data that hold all words: those of that name first, then those whose name has them
    var low = query.toLowerCase(), sought = words(low).map(function (w) { return new RegExp("(^|[^\\p{L}\\p{N}])" + w.replace(/[\\^$.*+?()[\]{}|\/]/g, "\\$&"), "u"); });
    function rank(row) { return row.id === low || row.name === low ? 0 : sought.every(function (w) { return w.test(row.name) || w.test(row.id); }) ? 1 : 2; }
    var found = sought.length ? data.filter(function (row) { return sought.every(function (w) { return w.test(row.all); }); }) : [];
    return found.map(function (row) { return { row: row, rank: rank(row) }; }).sort(function (a, b) { return a.rank - b.rank; });
  }
  function search() {
    var query = field.value.trim();
    list.replaceChildren();
    if (!query) { status.textContent = "Results come as you type."; return; }
    status.textContent = "Reading the index …";
    ready().then(function () {
      if (field.value.trim() !== query) return;
      var sought = words(query).map(stems), set = { fields: { h: { boost: 4 }, p: { boost: 2 }, b: { boost: 1 } }, bool: "AND", expand: true };
      var found = index.search(query, set), all = inRows(query), some = !found.length && !all.length && sought.length > 1;
      if (some) found = index.search(query, Object.assign(set, { bool: "OR" }));
      var named = all.filter(function (one) { return one.rank === 0; }), others = all.slice(named.length, MOST_ROWS + named.length);
      list.replaceChildren();
      function put(row, where) {
        var link = add(add(list, "li"), "a");
        link.href = home + row.u;
        add(link, "span", where, "where");
        marked(add(link, "b"), row.h || row.p, sought);
        marked(add(link, "small"), around(row.b, sought), sought);
      }
      function putRow(one) { put(one.row, "Row of data · " + one.row.p); }
      named.forEach(putRow);
      found.slice(0, MOST).forEach(function (hit) { put(rows[hit.ref], rows[hit.ref].p); });
      others.forEach(putRow);
      function number(n, what) { return n + " " + what + (n === 1 ? "" : "s"); }
      var counted = number(found.length, "section"), beside = all.length ? number(all.length, "row") + " of data" : "";
      var cut = [found.length > MOST ? MOST + " sections" : "", all.length > named.length + MOST_ROWS ? named.length + MOST_ROWS + " rows" : ""].filter(Boolean);
      var told = some ? "No section holds all these words; " + counted + " some of them" : [found.length ? counted : "", beside].filter(Boolean).join(" and ");
      status.textContent = !found.length && !all.length ? "Nothing here holds “" + query + "”. Try fewer or other words; the glossary lists the report’s own." :
        told + (cut.length ? ", the first " + cut.join(" and ") + " shown." : ".");
    }).catch(function () {
      status.textContent = "The index of words could not be loaded, so the search is not possible here. The list of chapters leads to every page.";
    });
  }
  function open() {
    if (!dialog.open) dialog.showModal();
    field.focus(); field.select();
    search();
  }
  function step(event) {
    if (event.key === "Escape") { dialog.close(); event.preventDefault(); return; } // else it would only empty the field
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    var stops = [field].concat(Array.from(list.querySelectorAll("a"))), at = stops.indexOf(document.activeElement);
    var next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) next.focus();
    event.preventDefault();
  }
  document.addEventListener("DOMContentLoaded", function () {
    var link = document.querySelector(".top .home"), button = document.querySelector("button.search");
    if (!link || !button || !window.HTMLDialogElement) return;
    home = link.href.replace(/index\.html$/, "");
    dialog = add(document.body, "dialog", "", "finder");
    dialog.setAttribute("aria-label", "Search the report");
    var form = add(dialog, "div", "", "ask");
    field = add(form, "input");
    [["type", "search"], ["aria-label", "Search the report"], ["placeholder", "Search the report"], ["autocomplete", "off"], ["spellcheck", "false"]].forEach(function (a) { field.setAttribute(a[0], a[1]); });
    var close = add(form, "button", "Close");
    close.type = "button";
    close.addEventListener("click", function () { dialog.close(); });
    status = add(dialog, "p", "", "told");
    status.setAttribute("role", "status");
    list = add(dialog, "ol");
    field.addEventListener("input", search);
    field.addEventListener("keydown", function (event) { var first = list.querySelector("a"); if (event.key === "Enter" && first) first.click(); });
    dialog.addEventListener("keydown", step);
    list.addEventListener("click", function () { dialog.close(); });
    button.hidden = false;
    button.addEventListener("click", open);
    document.addEventListener("keydown", function (event) {
      var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if ((event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) || (event.key === "k" && (event.ctrlKey || event.metaKey))) { event.preventDefault(); open(); }
    });
  });
})();
