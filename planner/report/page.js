(function () {
  "use strict";
  var box = document.getElementById("q");
  var found = document.getElementById("found");
  var rows = Array.prototype.slice.call(document.querySelectorAll("tr[data-row]"));
  var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });

  function search() {
    var words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    var count = 0;
    rows.forEach(function (row, i) {
      var hit = words.every(function (word) { return texts[i].indexOf(word) >= 0; });
      row.hidden = !hit;
      count += hit ? 1 : 0;
    });
    document.querySelectorAll("tr.heading").forEach(function (heading) {
      heading.hidden = !heading.parentNode.querySelector("tr[data-row]:not([hidden])");
    });
    document.querySelectorAll("details.rest").forEach(function (rest) {
      rest.open = words.some(function (word) { return rest.textContent.toLowerCase().indexOf(word) >= 0; });
    });
    found.textContent = words.length ? count + " of " + rows.length : "";
  }

  function fromAddress() {
    var match = /^#q=(.*)$/.exec(location.hash);
    if (!match) return;
    try { box.value = decodeURIComponent(match[1]); } catch (e) { box.value = match[1]; }
    search();
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
    window.addEventListener("hashchange", fromAddress);
    fromAddress();
  }
  document.querySelectorAll("button[data-copy]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { copy(button); });
  });
})();
