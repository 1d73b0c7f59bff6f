// What is wider than its column can be scrolled by keyboard, too.
function reach() {
  for (const block of document.querySelectorAll("div.math, .output.text_html, div.highlight pre")) {
    if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
    else block.removeAttribute("tabindex");
  }
}
addEventListener("load", reach);
addEventListener("resize", reach);
