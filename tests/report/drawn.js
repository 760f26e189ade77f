// What a drawing shows, measured as it is drawn: names that run into lines, bars, one another or the frame, names that
// do not stand out, and names that are too small. Returns a list of sentences for each drawing that shows.
() => {
  const QUIET = ["grid", "rule", "band"]; // what may lie under words: gridlines, hairlines, shaded periods
  const root = getComputedStyle(document.documentElement);
  const canvas = document.createElement("canvas").getContext("2d");

  const rgba = (text) => { // a computed colour as numbers
    const n = text.match(/[\d.]+/g).map(Number);
    return text.startsWith("color(srgb") ? [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1] : [n[0], n[1], n[2], n[3] ?? 1];
  };
  const probe = document.body.appendChild(document.createElement("i"));
  const token = (name) => { probe.style.color = `var(--${name})`; return rgba(getComputedStyle(probe).color).slice(0, 3).join(); };
  const quiet = new Set(QUIET.map(token));
  const paper = token("paper").split(",").map(Number);
  probe.remove();

  const over = (top, alpha, below) => below.map((b, i) => alpha * top[i] + (1 - alpha) * b);
  const light = (c) => c.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => { const [h, l] = [light(a), light(b)].sort((x, y) => y - x); return (h + 0.05) / (l + 0.05); };

  const alphaOf = (element) => { // its opacity, with that of the groups around it
    let alpha = 1;
    for (let e = element; e && e.tagName !== "svg"; e = e.parentElement) alpha *= +getComputedStyle(e).opacity;
    return alpha;
  };
  const paint = (element, part) => {
    const style = getComputedStyle(element);
    if (style[part] === "none") return null;
    const colour = rgba(style[part]), alpha = colour[3] * alphaOf(element) * +style[part + "Opacity"];
    return alpha > 0.05 ? { colour: colour.slice(0, 3), alpha, quiet: quiet.has(colour.slice(0, 3).join()) } : null;
  };
  const screen = (element, x, y) => { const p = new DOMPoint(x, y).matrixTransform(element.getScreenCTM()); return [p.x, p.y]; };

  const words = (svg) => [...svg.querySelectorAll("text")].flatMap((text) => {
    if (!/[\p{L}\d]/u.test(text.textContent) || alphaOf(text) < 0.05) return []; // a sign alone is a mark
    const style = getComputedStyle(text), fill = paint(text, "fill");
    if (!fill) return [];
    const parts = text.querySelector("tspan") ? [...text.querySelectorAll("tspan")] : [text];
    let first = 0;
    return parts.flatMap((part) => {
      const said = part.textContent, n = said.length, from = first;
      first += n;
      if (!said.trim()) return [];
      const start = text.getStartPositionOfChar(from), end = text.getEndPositionOfChar(from + n - 1);
      canvas.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      const m = canvas.measureText(said), turned = Math.abs(start.y - end.y) > 1;
      const [x0, y0] = screen(text, start.x, start.y), [x1, y1] = screen(text, end.x, end.y);
      const k = text.getScreenCTM().a || 1;
      const straight = Math.abs(y0 - y1) < 1;
      const box = straight && !turned
        ? { x0: Math.min(x0, x1), x1: Math.max(x0, x1), y0: y0 - m.actualBoundingBoxAscent * k, y1: y0 + m.actualBoundingBoxDescent * k }
        : (({ left, right, top, bottom }) => ({ x0: left, x1: right, y0: top, y1: bottom }))(part.getBoundingClientRect());
      const halo = paint(text, "stroke");
      return [{ said: said.trim(), box, fill, own: parseFloat(style.fontSize), size: parseFloat(style.fontSize) * Math.abs(k), family: style.fontFamily, element: text,
        halo: halo && { ...halo, wide: parseFloat(style.strokeWidth) * k } }];
    });
  });

  const shapes = (svg) => [...svg.querySelectorAll("path, rect, line, circle, ellipse, polygon, polyline")].filter((e) => !e.closest("defs, clipPath, mask"))
    .map((element) => {
      const fill = element.tagName === "line" ? null : paint(element, "fill"), stroke = paint(element, "stroke");
      if (!fill && !stroke) return null;
      const r = element.getBoundingClientRect();
      return { element, fill, stroke, wide: stroke ? parseFloat(getComputedStyle(element).strokeWidth) : 0, r };
    }).filter(Boolean);

  const inside = (shape, x, y) => {
    const p = new DOMPoint(x, y).matrixTransform(shape.element.getScreenCTM().inverse());
    return shape.element.isPointInFill(p);
  };
  const touches = (r, b, more = 0) => r.left - more < b.x1 && r.right + more > b.x0 && r.top - more < b.y1 && r.bottom + more > b.y0;

  // how many px of a line run through a box
  const through = (shape, box) => {
    const length = shape.element.getTotalLength?.() ?? 0;
    if (!length || length > 60000) return 0;
    const matrix = shape.element.getScreenCTM(), step = Math.max(0.5, length / 4000), half = Math.max(0, shape.wide / 2 - 0.5);
    let run = 0;
    for (let at = 0; at <= length; at += step) {
      const p = shape.element.getPointAtLength(at).matrixTransform(matrix);
      if (p.x > box.x0 - half && p.x < box.x1 + half && p.y > box.y0 + 0.7 - half && p.y < box.y1 - 0.7 + half) run += step;
    }
    return run;
  };

  const found = {};
  for (const svg of document.querySelectorAll("figure .chart svg, .emblem .chart svg, .small-picture svg")) {
    if (!svg.getClientRects().length || svg.parentElement.closest("svg")) continue;
    const name = svg.closest("[id^=fig-], [id^=data-]")?.id ?? "emblem", wrong = [];
    const texts = words(svg), drawn = shapes(svg), frame = svg.getBoundingClientRect();
    const order = new Map([...svg.querySelectorAll("*")].map((e, i) => [e, i]));
    for (const [i, text] of texts.entries()) {
      const b = text.box, middle = [(b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2];
      if (b.x0 < frame.left - 1 || b.x1 > frame.right + 1 || b.y0 < frame.top - 1 || b.y1 > frame.bottom + 1) wrong.push(`“${text.said}” leaves the frame`);
      if (text.own < 11 || text.size < 9.5) wrong.push(`“${text.said}” is drawn at ${text.own} px and shown at ${text.size.toFixed(1)}`);
      if (!text.family.includes("Report Sans")) wrong.push(`“${text.said}” is set in ${text.family}`);
      for (const other of texts.slice(i + 1)) {
        const wide = Math.min(b.x1, other.box.x1) - Math.max(b.x0, other.box.x0), high = Math.min(b.y1, other.box.y1) - Math.max(b.y0, other.box.y0);
        if (wide > 1 && high > 1) wrong.push(`“${text.said}” and “${other.said}” overlap`);
      }
      let ground = paper;
      const points = [0.02, 0.25, 0.5, 0.75, 0.98].flatMap((f) => [0.1, 0.5, 0.9].map((g) => [b.x0 + f * (b.x1 - b.x0), b.y0 + g * (b.y1 - b.y0)]));
      const fields = new Map(); // by colour: which of the points lie in a field of it, of whatever cells it is made
      for (const shape of drawn) {
        if (!touches(shape.r, b, shape.wide)) continue;
        const below = order.get(shape.element) < order.get(text.element);
        if (shape.fill) {
          const held = points.map(([x, y]) => inside(shape, x, y)), some = held.includes(true);
          if (some && !below && shape.fill.alpha > 0.2) wrong.push(`“${text.said}” is covered`);
          if (some && below && shape.fill.alpha > 0.32 && !shape.fill.quiet) {
            const key = shape.fill.colour.join(), all = fields.get(key) ?? points.map(() => false);
            fields.set(key, all.map((one, j) => one || held[j]));
          }
          if (below && inside(shape, ...middle)) ground = over(shape.fill.colour, shape.fill.alpha, ground);
        }
        if (shape.stroke && !shape.stroke.quiet && shape.stroke.alpha > 0.25 && shape.wide > 0.4) {
          const run = through(shape, b);
          if (run > 2) wrong.push(`“${text.said}” is crossed by a line`);
        }
      }
      for (const all of fields.values()) if (all.includes(false)) wrong.push(`“${text.said}” crosses the edge of a field`);
      if (text.halo) ground = over(text.halo.colour, text.halo.alpha, ground);
      const seen = contrast(over(text.fill.colour, text.fill.alpha, ground), ground);
      if (seen < 4.5) wrong.push(`“${text.said}” has a contrast of ${seen.toFixed(1)}`);
    }
    if (wrong.length) found[name] = [...new Set(wrong)];
  }
  return found;
}
