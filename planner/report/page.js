(function () {
  "use strict";
  var box = document.getElementById("q");
  var found = document.getElementById("found");
  var filter = document.getElementById("filter");
  var kept = document.getElementById("kept");
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-row]"));
  var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });

  function wordsOf(input) { return input ? input.value.toLowerCase().split(/\s+/).filter(Boolean) : []; }

  function search() {
    var words = wordsOf(box), only = wordsOf(filter);
    var count = 0, left = 0, all = 0;
    rows.forEach(function (row, i) {
      var has = function (word) { return texts[i].indexOf(word) >= 0; };
      var isEach = row.hasAttribute("data-each");
      var hit = words.every(has) && (!isEach || only.every(has));
      row.hidden = !hit;
      count += hit ? 1 : 0;
      all += isEach ? 1 : 0;
      left += isEach && hit ? 1 : 0;
    });
    document.querySelectorAll("tr.heading").forEach(function (heading) {
      heading.hidden = !heading.parentNode.querySelector("tr[data-row]:not([hidden])");
    });
    document.querySelectorAll("details.rest").forEach(function (rest) {
      rest.open = words.some(function (word) { return rest.textContent.toLowerCase().indexOf(word) >= 0; });
    });
    var each = document.getElementById("each-rows");
    if (each && words.length && left) each.closest("details").open = true;
    found.textContent = words.length ? count + " of " + rows.length : "";
    if (kept) kept.textContent = words.length + only.length ? left + " of " + all : "";
  }

  function fromAddress() {
    var match = /^#q=(.*)$/.exec(location.hash);
    if (match && box) {
      try { box.value = decodeURIComponent(match[1]); } catch (e) { box.value = match[1]; }
      search();
      return;
    }
    var place = document.getElementById(location.hash.slice(1));
    var around = place && place.closest("details");
    if (around) around.open = true;
  }

  function copy(button) {
    var text = document.getElementById(button.getAttribute("data-copy"));
    function done() {
      button.textContent = "Copied";
      setTimeout(function () { button.textContent = "Copy"; }, 2000);
    }
    function byHand() {
      getSelection().selectAllChildren(text);
      if (document.execCommand("copy")) done();
    }
    if (navigator.clipboard) navigator.clipboard.writeText(text.textContent).then(done, byHand);
    else byHand();
  }

  if (box) {
    document.getElementById("search").hidden = false;
    box.addEventListener("input", function () {
      search();
      history.replaceState(null, "", box.value ? "#q=" + encodeURIComponent(box.value) : "#");
    });
  }
  window.addEventListener("hashchange", fromAddress);
  fromAddress();
  if (filter) {
    filter.parentNode.hidden = false;
    filter.addEventListener("input", search);
  }
  document.querySelectorAll("button[data-copy]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { copy(button); });
  });
})();
