// Search over pages.js: every word that is typed has to be on a page. Nothing is fetched, so it works from a folder, too.
const field = document.getElementById("search");
const found = document.getElementById("found");
const root = document.body.dataset.root.replace(/\/$/, "") + "/";

function excerpt(text, word) {
  const at = Math.max(0, text.toLowerCase().indexOf(word));
  return text.slice(Math.max(0, at - 40), at + 80).replace(/\s+/g, " ");
}

function show() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = words.length === 0 ? [] : pages.filter((page) => {
    const all = (page.title + " " + page.text).toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const inTitle = (page) => words.some((word) => page.title.toLowerCase().includes(word));
  hits.sort((a, b) => inTitle(b) - inTitle(a));
  found.replaceChildren(...hits.map((page) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = root + page.url;
    link.textContent = page.title;
    item.append(link, " " + excerpt(page.text, words[0]));
    return item;
  }));
  if (words.length > 0 && hits.length === 0) found.textContent = "Nothing has all of these words.";
  found.hidden = words.length === 0;
}

field.addEventListener("input", show);

// index.html#search=owner shows what a search would.
if (location.hash.startsWith("#search=")) {
  field.value = decodeURIComponent(location.hash.slice("#search=".length));
  show();
}
