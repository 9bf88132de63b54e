// What the browser's test measures of a page. Each function gives a list of what is wrong.
var measure = (function () {
  "use strict";

  function all(selector, of) { return Array.prototype.slice.call((of || document).querySelectorAll(selector)); }
  function isSeen(e) { return e.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}) && !e.closest(".unseen, [aria-hidden]") && e.getClientRects().length > 0; }
  function say(e) { return e.tagName + "." + (e.getAttribute("class") || "") + " " + e.textContent.trim().slice(0, 60); }
  function meet(a, b) { return a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5; }

  function channels(color) {
    var numbers = (color.match(/[\d.]+/g) || []).map(Number);
    return {red: numbers[0], green: numbers[1], blue: numbers[2], alpha: numbers.length > 3 ? numbers[3] : 1};
  }
  // https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
  function luminance(c) {
    var linear = [c.red, c.green, c.blue].map(function (v) { v /= 255; return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  }
  function contrast(a, b) {
    var x = luminance(channels(a)), y = luminance(channels(b));
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  }
  function behind(e) {
    for (; e; e = e.parentElement) {
      var color = getComputedStyle(e).backgroundColor;
      if (channels(color).alpha === 1) return color;
    }
    return "rgb(255, 255, 255)";
  }
  function hasText(e) {
    return Array.prototype.some.call(e.childNodes, function (n) { return n.nodeType === 3 && n.textContent.trim() !== ""; });
  }

  return {
    // Labels of a picture do not meet each other, nor boxes, and what stands in a box does not leave it.
    overlaps: function () {
      var wrong = [];
      all("svg").filter(isSeen).forEach(function (svg) {
        var texts = all("text", svg).map(function (e) { return {e: e, r: e.getBoundingClientRect(), box: e.classList.contains("box") ? e.parentNode : null}; });
        var boxes = all("g", svg).map(function (g) { return {g: g, r: g.querySelector("rect").getBoundingClientRect()}; });
        texts.forEach(function (a, i) {
          texts.slice(i + 1).forEach(function (b) { if (meet(a.r, b.r)) wrong.push("«" + a.e.textContent + "» meets «" + b.e.textContent + "»"); });
          boxes.forEach(function (b) {
            if (a.box === b.g) {
              if (a.r.left < b.r.left || a.r.right > b.r.right) wrong.push("«" + a.e.textContent + "» leaves its box: " + a.r.width + " of " + b.r.width);
            } else if (meet(a.r, b.r)) {
              wrong.push("«" + a.e.textContent + "» meets the box of «" + b.g.querySelector("text").textContent + "»");
            }
          });
        });
        boxes.forEach(function (a, i) { boxes.slice(i + 1).forEach(function (b) { if (meet(a.r, b.r)) wrong.push("boxes meet: " + say(a.g)); }); });
      });
      return wrong;
    },
    labels: function () { return all("svg text").filter(isSeen).length; },
    // Text stands out by 4.5 to 1, borders and lines by 3 to 1: https://www.w3.org/TR/WCAG22/#contrast-minimum
    contrasts: function () {
      var wrong = [];
      function check(e, what, color, ground, least) {
        var is = contrast(color, ground);
        if (is < least) wrong.push(what + " of " + say(e) + ": " + color + " on " + ground + " is " + is.toFixed(2));
      }
      all("body *").filter(isSeen).forEach(function (e) {
        var style = getComputedStyle(e);
        if (e.closest("svg")) {
          if (e.tagName === "text") check(e, "text", style.fill, e.classList.contains("box") ? getComputedStyle(e.parentNode.querySelector("rect")).fill : behind(e), 4.5);
          if (e.tagName === "rect" || e.tagName === "path") check(e, "line", style.stroke, behind(e), 3);
          return;
        }
        if (hasText(e) || e.tagName === "INPUT") check(e, "text", style.color, behind(e), 4.5);
        if (e.tagName === "INPUT") check(e, "placeholder", getComputedStyle(e, "::placeholder").color, behind(e), 4.5);
        if (e.tagName === "TD" && style.display === "block" && e.hasAttribute("data-label")) check(e, "name", getComputedStyle(e, "::before").color, behind(e), 4.5);
        ["Top", "Right", "Bottom", "Left"].forEach(function (side) {
          if (parseFloat(style["border" + side + "Width"]) > 0 && style["border" + side + "Style"] !== "none") check(e, "border", style["border" + side + "Color"], behind(e.parentElement), 3);
        });
      });
      return wrong;
    },
    // Nothing is wider than the window, but for what scrolls by itself.
    wide: function () {
      var wrong = [], width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth > width) wrong.push("the page is " + document.documentElement.scrollWidth + " wide");
      all("body *").filter(isSeen).forEach(function (e) {
        if (e.getBoundingClientRect().right > width + 0.5 && !e.closest("svg") && !e.parentElement.closest("pre, .scroll, .tall")) wrong.push(say(e) + " ends at " + e.getBoundingClientRect().right);
      });
      return wrong;
    },
    // The cells of a row stand one below the other, each but the sign with the name of its column or across all of them.
    stacked: function () {
      var wrong = [];
      all("thead").filter(isSeen).forEach(function (head) { if (head.getBoundingClientRect().height > 1) wrong.push("a head is shown: " + say(head)); });
      all("tr.heading th").filter(isSeen).forEach(function (h) { if (h.getBoundingClientRect().width < h.closest("table").getBoundingClientRect().width / 2) wrong.push("a narrow heading: " + say(h)); });
      all("table:not(.tally) tr[data-row]").filter(isSeen).forEach(function (row) {
        var cells = all("td, th", row).filter(function (c) { return !c.classList.contains("sign") && isSeen(c); });
        cells.forEach(function (c, i) {
          if (i > 0 && c.getBoundingClientRect().top < cells[i - 1].getBoundingClientRect().bottom - 0.5) wrong.push("beside each other: " + say(row));
          if (i > 0 && getComputedStyle(c, "::before").content === "none") wrong.push("no name: " + say(c));
        });
      });
      return wrong;
    },
    // What a section has to show of the picture fits on one page of A4, without margins.
    pages: function () {
      return all(".picture").filter(function (p) { var open = all("details[open]", p).length; return !open && p.getBoundingClientRect().height > 1030; })
        .concat(all(".picture svg").filter(function (s) { return s.getBoundingClientRect().height > 1000; })).map(say);
    },
    // Every head of a column or row says of what it is one.
    scopes: function () { return all("th:not([scope])").concat(all("table").filter(function (t) { return !t.querySelector("th[scope=col]"); })).map(say); }
  };
})();
