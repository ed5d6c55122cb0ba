(function () {
  "use strict";
  var given = JSON.parse(document.getElementById("figures").textContent);
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function dressed(figure) {
    var look = given.looks[dark.matches ? "dark" : "light"];
    var copy = JSON.parse(JSON.stringify(figure));
    var layout = copy.layout;
    layout.font = Object.assign({}, layout.font, { color: look.ink });
    layout.paper_bgcolor = layout.plot_bgcolor = "rgba(0,0,0,0)";
    layout.hoverlabel = Object.assign({ font: { color: look.ink }, bgcolor: look.card }, layout.hoverlabel);
    (layout.annotations || []).forEach(function (note) { note.font = Object.assign({ color: look.ink }, note.font); });
    ["xaxis", "yaxis"].forEach(function (name) {
      var axis = layout[name] = Object.assign({ gridcolor: look.grid, showline: false }, layout[name]);
      axis.tickfont = Object.assign({ color: look.faint, size: 13 }, axis.tickfont);
    });
    return copy;
  }
  function show() {
    given.figures.forEach(function (figure, number) {
      var place = document.getElementById("figure-" + number);
      var wanted = dressed(figure);
      window.Plotly.react(place.querySelector(".plot"), wanted.data, wanted.layout, given.config).then(function () {
        place.classList.add("drawn");
      });
    });
  }
  if (window.Plotly.register && given.config.locales) {
    Object.keys(given.config.locales).forEach(function (code) {
      window.Plotly.register(Object.assign({ moduleType: "locale", name: code }, given.config.locales[code]));
    });
  }
  show();
  dark.addEventListener("change", show);
})();
