"""Streamlit's own words (menu, list boxes, calendar, table tools) in Russian: it ships English only.

A small script of ours, served by us, replaces whole texts of the interface that it knows, and puts them back when the
reader switches to English. It never touches text of the pages: a text is replaced only if all of it is in the list.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response

SCRIPT_PATH = "/words.js"
LOOK_PATH = "/look.css"
LOOK = Path(__file__).with_name("look.css")
ICON_PATH = "/voronka.svg"
DRAWN_WITH = (
    *("PlotlyChart", "Metric", "ButtonGroup", "PageLink", "CustomTheme", "formatNumber", "numbro", "sprintfjs"),
    *("withFullScreenWrapper", "loadVegaEmbed", "printWidthCap", "WidgetLabel", "useBasicWidgetState"),
    *("WidgetLabelHelpIconInline", "resolveDefaultExport"),
)
"""Scripts that draw what stands above the fold."""

RUSSIAN = {
    "25MB per file": "до 25 МБ каждый",
    "Add options": "Добавьте",
    "All": "Все",
    "Ascending": "По возрастанию",
    "Auto": "Как в системе",
    "Autosize column": "Подогнать ширину",
    "Choose a date range": "Выберите период",
    "Choose an option": "Выберите",
    "Choose options": "Выберите",
    "Clear all": "Убрать все",
    "Clear selection": "Снять выделение",
    "Close": "Закрыть",
    "Close fullscreen": "Свернуть",
    "Connecting": "Подключение",
    "Dark": "Тёмная",
    "Deselect all": "Снять выбор",
    "Descending": "По убыванию",
    "Exit fullscreen": "Свернуть",
    "Fullscreen": "Во весь экран",
    "Hide column": "Скрыть столбец",
    "Light": "Светлая",
    "Main menu": "Меню",
    "No options to select.": "Больше нечего выбрать",
    "No options to select": "Больше нечего выбрать",
    "No results": "Ничего не найдено",
    "Pin column": "Закрепить столбец",
    "Print": "Печать",
    "Record screen": "Запись экрана",
    "Rerun": "Обновить",
    "Running...": "Считаю…",
    "Search": "Поиск",
    "Select all": "Выбрать все",
    "Settings": "Настройки",
    "Show/hide columns": "Столбцы",
    "Skip to main content": "К содержанию",
    "Sort ascending": "По возрастанию",
    "Sort descending": "По убыванию",
    "Stop": "Стоп",
    "System": "Как в системе",
    "Theme": "Оформление",
    "Unpin column": "Открепить столбец",
    "Upload": "Выбрать файлы",
    "Wide mode": "Широкий экран",
}

_SCRIPT = """(() => {
  // the server is this host: without it Streamlit looks below the page's own address first, which is an error each time
  window.__streamlit = {...window.__streamlit, BACKEND_BASE_URL: `${location.origin}/`};
  const russian = WORDS;
  const english = Object.fromEntries(Object.entries(russian).map(([from, to]) => [to, from]));
  const names = ["aria-label", "title", "placeholder", "alt"];
  const own = ["stMarkdown", "stMetric", "stCaption", "stPlotlyChart"];
  let spoken = null;
  const asked = () => {
    const lang = new URLSearchParams(location.search).get("lang");
    if (lang === "ru" || lang === "en") return lang;
    return /^(ru|be|kk|ky|uk)/i.test(navigator.language || "") ? "ru" : "en";
  };
  const isOurs = node => node.closest && node.closest(own.map(id => `[data-testid="${id}"]`).join(","));
  const mend = node => {
    const words = spoken === "ru" ? russian : english;
    if (node.nodeType === 3) {
      const text = node.nodeValue.trim();
      const known = words[text] && !isOurs(node.parentElement || document.body);
      if (known) node.nodeValue = node.nodeValue.replace(text, words[text]);
    } else if (node instanceof HTMLElement) {  // the thousands of parts of a chart hold no words of Streamlit
      for (const name of names) {
        const text = node.getAttribute(name);
        if (text && words[text]) node.setAttribute(name, words[text]);
      }
      node.childNodes.forEach(mend);
    }
  };
  const listen = () => {
    const now = asked();
    if (now === spoken) return false;
    spoken = now;
    document.documentElement.lang = now;
    mend(document.documentElement);
    return true;
  };
  new MutationObserver(changes => {
    if (listen()) return;
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(mend);
      else mend(change.target);
    }
  }).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: names,
  });
  listen();
})();
"""


async def words_script(request: Request) -> Response:
    """Send the script."""
    script = _SCRIPT.replace("WORDS", json.dumps(RUSSIAN, ensure_ascii=False))
    return Response(script, media_type="text/javascript", headers={"cache-control": "public, max-age=300"})


async def look_sheet(request: Request) -> Response:
    """Send the style sheet: what the theme cannot say, and how a page is printed."""
    return Response(
        LOOK.read_text(encoding="utf-8"), media_type="text/css", headers={"cache-control": "public, max-age=300"}
    )


async def icon(request: Request) -> Response:
    """Send the icon of the tab, which stands there before the first page is drawn."""
    svg = LOOK.with_name("voronka.svg").read_text(encoding="utf-8")
    return Response(svg, media_type="image/svg+xml", headers={"cache-control": "public, max-age=86400"})


@lru_cache
def asked_early() -> str:
    """Ask for the scripts that Streamlit asks for late: only when a chart has come does it load what draws it.

    Their names hold a hash, so they are looked up; one that another version has not is left out.
    """
    files = Path(st.__file__).parent / "static" / "static"
    scripts = [found[0].name for name in DRAWN_WITH if len(found := list(files.glob(f"js/{name}.*.js"))) == 1]
    icons = [found.name for found in files.glob("media/MaterialSymbols-Rounded.*.woff2")]
    fonts = [
        f'<link rel="preload" href="/static/media/{name}" as="font" type="font/woff2" crossorigin />' for name in icons
    ]
    return "".join(
        [*fonts, *(f'<link rel="modulepreload" crossorigin href="/static/js/{name}" />' for name in scripts)]
    )


def is_page(path: str) -> bool:
    """Tell whether a path may be that of a page: Streamlit serves one HTML page under all of them."""
    return "." not in path and not path.startswith("/_stcore")


def with_words(headers: Mapping[bytes, bytes], body: bytes) -> bytes:
    """Put the script, the style sheet and the icon into the one HTML page Streamlit serves."""
    if not headers.get(b"content-type", b"").startswith(b"text/html"):
        return body
    ours = f'<script src="{SCRIPT_PATH}"></script><link rel="stylesheet" href="{LOOK_PATH}" />{asked_early()}</head>'
    body = body.replace(b"</head>", ours.encode(), 1)
    return body.replace(b"./favicon.png", ICON_PATH.encode(), 1).replace(b"<title>Streamlit<", b"<title>Voronka<", 1)
