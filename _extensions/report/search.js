// Full-text search: a dialog over every page. The index and the library (elasticlunr) are scripts beside the pages,
// loaded when a reader first asks: so it works from a folder, without a server and without the network.
(function () {
  "use strict";
  var MOST = 24, AROUND = 90, index = null, rows = null, dialog, field, list, status, home;

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
  function search() {
    var query = field.value.trim();
    list.replaceChildren();
    if (!query) { status.textContent = "Results come as you type."; return; }
    status.textContent = "Reading the index …";
    ready().then(function () {
      if (field.value.trim() !== query) return;
      var sought = words(query).map(stems), set = { fields: { h: { boost: 4 }, p: { boost: 2 }, b: { boost: 1 } }, bool: "AND", expand: true };
      var found = index.search(query, set), some = found.length === 0 && sought.length > 1;
      if (some) found = index.search(query, Object.assign(set, { bool: "OR" }));
      list.replaceChildren();
      found.slice(0, MOST).forEach(function (hit) {
        var row = rows[hit.ref], link = add(add(list, "li"), "a");
        link.href = home + row.u;
        add(link, "span", row.p, "where");
        marked(add(link, "b"), row.h || row.p, sought);
        marked(add(link, "small"), around(row.b, sought), sought);
      });
      var counted = found.length + (found.length === 1 ? " section" : " sections");
      status.textContent = !found.length ? "Nothing here holds “" + query + "”. Try fewer or other words; the glossary lists the report’s own." :
        (some ? "No section holds all these words; " + counted + " some of them." : counted + (found.length > MOST ? ", the first " + MOST + " shown." : "."));
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
