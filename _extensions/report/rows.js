// Pages of rows: a filter over all rows of the page, and an order for each table. Without it everything stands there.
document.addEventListener("DOMContentLoaded", function () {
  var tables = Array.from(document.querySelectorAll("table.records"));
  if (!tables.length) return;
  var rows = tables.flatMap(function (table) { return Array.from(table.tBodies[0].rows); });
  var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });

  function element(name, properties, children) {
    var made = Object.assign(document.createElement(name), properties || {});
    (children || []).forEach(function (child) { made.append(child); });
    return made;
  }

  var said = element("output", { className: "said" });
  var field = element("input", { type: "search", autocomplete: "off", spellcheck: false });
  field.addEventListener("input", function () {
    var words = field.value.toLowerCase().split(/\s+/).filter(Boolean), left = 0;
    rows.forEach(function (row, i) {
      row.hidden = !words.every(function (word) { return texts[i].includes(word); });
      left += !row.hidden;
    });
    said.textContent = words.length ? left + " of " + rows.length + " rows" : "";
  });
  tables[0].before(element("p", { className: "filter" }, [element("label", {}, ["Rows that contain ", field]), " ", said]));

  tables.forEach(function (table) {
    var body = table.tBodies[0], first = Array.from(body.rows);
    var select = element("select", {}, [element("option", { value: "", textContent: "as in the table" })]);
    Array.from(table.tHead.rows[0].cells).forEach(function (cell, i) {
      ["", " ↓"].forEach(function (mark) {
        select.append(element("option", { value: i + mark, textContent: cell.textContent + mark }));
      });
    });
    select.addEventListener("change", function () {
      var column = parseInt(select.value, 10), sign = select.value.includes("↓") ? -1 : 1;
      var sorted = first.slice();
      if (select.value) {
        sorted.sort(function (a, b) {
          var x = a.cells[column].textContent, y = b.cells[column].textContent;
          if (!x || !y) return !x - !y; // empty cells come last
          return sign * (isNaN(x) || isNaN(y) ? x.localeCompare(y) : x - y);
        });
      }
      body.append.apply(body, sorted);
    });
    table.before(element("p", { className: "filter" }, [element("label", {}, ["Order ", select])]));
  });

  // a linked row is shown even where the filter would hide it
  addEventListener("hashchange", function () {
    var row = null;
    try { row = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch (error) { /* no row is named so */ }
    if (row && row.hidden) { field.value = ""; field.dispatchEvent(new Event("input")); row.scrollIntoView(); }
  });
});
