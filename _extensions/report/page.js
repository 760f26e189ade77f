// Reading aids of a page: a link at each heading, how a figure or table is cited, where one is in the list beside the text,
// and the reference behind a citation. Without scripts, or where the browser lacks a feature, the page is whole without them.
(function () {
  "use strict";
  function headings() {
    document.querySelectorAll("main section[id] > h2, main section[id] > h3").forEach(function (h) {
      var link = document.createElement("a");
      link.className = "anchor"; link.href = "#" + h.parentNode.id; link.textContent = "#";
      link.setAttribute("aria-label", "Link to this section");
      h.appendChild(link);
    });
  }
  function captions() { // how each figure and table is cited: what the page says of itself, made narrower
    var cite = document.querySelector(".cite");
    if (!cite) return;
    var summary = cite.querySelector("summary"), words = cite.querySelector("p"), pre = cite.querySelector("pre");
    var own = [summary.textContent, words.textContent, pre.textContent];
    function say(all) { summary.textContent = all[0]; words.textContent = all[1]; pre.textContent = all[2]; }
    function narrowed(id, label, caption) {
      var title = own[2].match(/title = \{\{(.*)\}\}/)[1], end = /[.?!]$/, stop = end.test(caption) ? "" : ".";
      var text = own[1].replace(/(https?:\S+)?( For a figure[^.]*\.)?$/, function (_, url) { return url ? url + "#" + id : ""; });
      text = text.replace(title, function () { return caption + stop + " " + label + " in: " + title; });
      var safe = caption.replace(/[&%$#_]/g, "\\$&"), noted = /note = \{/.test(own[2]);
      var entry = own[2].replace(/^(@\w+\{)(.*),/, function (_, kind, key) { return kind + key + "-" + id + ","; })
        .replace(/title = .*\}\}/, function () {
          return "title = {{" + safe + "}}" + (noted ? "" : ",\n  note = {" + label + " in: " + title + "}");
        })
        .replace(/note = \{(?=In )/, function () { return "note = {" + label + " in: " + title + (end.test(title) ? " " : ". "); })
        .replace(/url = \{(.*)\}/, function (_, url) { return "url = {" + url + "#" + id + "}"; });
      return ["Cite " + label.toLowerCase(), text.trim(), entry];
    }
    cite.addEventListener("toggle", function () { if (!cite.open) say(own); });
    document.querySelectorAll("main figcaption.quarto-float-caption").forEach(function (caption) {
      var holder = caption.parentNode.closest("[id^='fig-'], [id^='tbl-']"), label = caption.querySelector(".label");
      if (!holder || !label) return;
      var name = label.firstChild.textContent.trim().replace(/\s+/g, " ");
      var said = caption.textContent.replace(label.textContent, "").trim().replace(/\s+/g, " ");
      var button = document.createElement("button");
      button.type = "button"; button.className = "anchor"; button.textContent = "Cite";
      button.setAttribute("aria-label", "Cite " + name.toLowerCase());
      button.addEventListener("click", function () {
        say(narrowed(holder.id, name, said));
        cite.open = true;
        summary.focus(); cite.scrollIntoView({ block: "end" });
      });
      caption.appendChild(button);
    });
  }
  function place() { // the last heading that has passed the upper third
    var links = Array.from(document.querySelectorAll(".on-page a[href^='#']")), marked = null, due = false;
    var spots = links.map(function (a) { return document.getElementById(decodeURIComponent(a.hash.slice(1))); });
    function mark() {
      due = false;
      var now = null, end = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
      spots.forEach(function (s, i) { if (s && s.getBoundingClientRect().top < (end ? innerHeight : innerHeight / 3)) now = links[i]; });
      if (now === marked) return;
      if (marked) marked.removeAttribute("aria-current");
      if (now) now.setAttribute("aria-current", "location");
      marked = now;
    }
    function soon() { if (!due) { due = true; requestAnimationFrame(mark); } }
    if (!links.length) return;
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
    mark();
  }
  function citations() {
    var card = null, over = null;
    function hide() {
      if (over) over.removeAttribute("aria-describedby");
      if (card) card.remove();
      card = over = null;
    }
    function show(link) {
      var entry = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      hide();
      if (!entry) return;
      card = document.createElement("div");
      card.className = "preview"; card.id = "preview"; card.setAttribute("role", "tooltip");
      card.textContent = entry.textContent.trim();
      document.body.appendChild(card);
      var at = link.getClientRects()[0], room = document.documentElement.clientWidth, high = card.offsetHeight;
      card.style.left = Math.max(8, Math.min(at.left, room - card.offsetWidth - 8)) + scrollX + "px";
      card.style.top = (at.bottom + high + 12 > innerHeight ? at.top - high - 6 : at.bottom + 6) + scrollY + "px";
      over = link;
      link.setAttribute("aria-describedby", "preview");
    }
    document.querySelectorAll("main a[href^='#ref-']").forEach(function (link) {
      link.addEventListener("pointerenter", function (event) { if (event.pointerType === "mouse") show(link); });
      link.addEventListener("pointerleave", hide);
      link.addEventListener("focus", function () { if (link.matches(":focus-visible")) show(link); });
      link.addEventListener("blur", hide);
    });
    document.addEventListener("keydown", function (event) { if (event.key === "Escape") hide(); });
  }
  function whole(row) { // a row of a table; a term with what is said of it
    for (var all = [row], next = row.nextElementSibling; row.tagName === "DT" && next && next.tagName === "DD"; next = next.nextElementSibling) all.push(next);
    return all;
  }
  function filters() { // a field over long tables: rows, terms or sections that hold all its words, or whose heading does
    document.querySelectorAll(":is(.filtered, .by-row, .cell-by-cell) table").forEach(function (table) { // on a phone a cell says what it is
      var heads = table.tHead ? Array.from(table.tHead.rows[0].cells) : [];
      Array.from(table.tBodies[0].rows).forEach(function (row) {
        Array.from(row.cells).forEach(function (cell, i) { if (heads[i] && cell.textContent.trim()) cell.dataset.l = heads[i].textContent; });
      });
    });
    document.querySelectorAll(".filtered").forEach(function (part) {
      var rows = Array.from(part.querySelectorAll("tbody tr, dt")), alone = !rows.length, sections = Array.from(part.querySelectorAll("section"));
      if (alone) rows = sections;
      var texts = rows.map(function (row) {
        var section = row.closest("section"), head = section && section.querySelector("h2, h3");
        return ((head ? head.textContent + " " : "") + whole(row).map(function (one) { return one.textContent; }).join(" ")).toLowerCase();
      });
      var line = document.createElement("p"), label = document.createElement("label"), field = document.createElement("input"), said = document.createElement("output");
      line.className = "filter";
      field.type = "search"; field.autocomplete = "off"; field.spellcheck = false;
      label.append(alone || part.querySelector("dt") ? "Entries that contain " : "Rows that contain ", field);
      line.append(label, " ", said);
      part.prepend(line);
      field.addEventListener("input", function () {
        var words = field.value.toLowerCase().split(/\s+/).filter(Boolean), left = 0;
        rows.forEach(function (row, i) {
          var hidden = !words.every(function (word) { return texts[i].includes(word); });
          whole(row).forEach(function (one) { one.hidden = hidden; });
          left += !hidden;
        });
        if (!alone) sections.forEach(function (section) { section.hidden = !section.querySelector("tbody tr:not([hidden]), dt:not([hidden])"); });
        said.textContent = words.length ? left + " of " + rows.length + (alone || part.querySelector("dt") ? " entries" : " rows") : "";
      });
      addEventListener("hashchange", function () { // a linked row is shown even where the filter would hide it
        var to = document.getElementById(location.hash.slice(1)), row = to && part.contains(to) && to.closest("[hidden]");
        if (row) { field.value = ""; field.dispatchEvent(new Event("input")); to.scrollIntoView(); }
      });
    });
  }
  document.addEventListener("DOMContentLoaded", function () { filters(); headings(); captions(); place(); citations(); });
})();
