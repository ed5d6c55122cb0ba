"""The house rules hold for every file of the project, and each rule is shown a fault that it must see.

A rule is a function from one file to the faults found in it. Two tests serve all of them: the tree has no fault, and
the planted sample has at least one while its mended twin has none.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {
    ".git",
    ".venv",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
    "__pycache__",
    "build",
    "dist",
    "test-results",
}
REFUSED_NAMES = {"helper", "helpers", "util", "utils", "common", "misc", "tools"}
CACHES = {"cache_data", "cache_resource"}
FRAMES = re.compile(r"\b(DataFrame|LazyFrame|Series|Facts)\b")
SKIPS = {"skip", "skipif", "xfail", "importorskip"}
MACHINE_PATH = re.compile(r"(?<![\w.~}])/(work|root|farm|home|Users)/\w")
MODULE_LINES, SCREEN_LINES = 300, 40


@dataclass(frozen=True)
class Source:
    """One text file: its path from the root, with slashes, and what it holds."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    def has(self, words: Iterable[str]) -> bool:
        """Tell whether any of some words stands in it at all; what has none need not be taken apart."""
        return any(word in self.text for word in words)


@cache
def sources() -> tuple[Source, ...]:
    """Read every text file of the project that belongs in the repository."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        inner = path.relative_to(ROOT)
        ignored = inner.parts[0] == "data" and inner.name != "README.md"
        if path.is_file() and not NOT_OURS.intersection(inner.parts) and not ignored:
            try:
                found.append(Source(inner.as_posix(), path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                continue
    return tuple(found)


def is_module(path: str) -> bool:
    return path.startswith(("pipelines/", "dashboard/")) and path.endswith(".py")


def is_test(path: str) -> bool:
    return path.startswith("tests/") and path.endswith(".py")


def is_screen(path: str) -> bool:
    return path.startswith("dashboard/screens/") and path.endswith(".py")


def calls(source: Source, *words: str) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call, where one of some words stands, with the last word of what is called: ``st.toast(...)`` is "toast"."""
    for node in ast.walk(source.tree) if source.has(words) else ():
        if isinstance(node, ast.Call):
            name = node.func
            yield (name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")), node


def too_long(source: Source) -> Iterator[str]:
    most = SCREEN_LINES if is_screen(source.path) else MODULE_LINES
    if (lines := source.text.count("\n")) > most:
        yield f"{lines} lines, at most {most}"


def refused_name(source: Source) -> Iterator[str]:
    for part in Path(source.path).with_suffix("").parts:
        if part in REFUSED_NAMES:
            yield f'"{part}" says nothing: name it for what it holds'


def no_docstring(source: Source) -> Iterator[str]:
    if source.text.strip() and not ast.get_docstring(source.tree):
        yield "no module docstring"


def raw_html(source: Source) -> Iterator[str]:
    for _, call in calls(source, "unsafe_allow_html"):
        if any(word.arg == "unsafe_allow_html" for word in call.keywords):
            yield f"line {call.lineno}: unsafe_allow_html"


def cached_frame(source: Source) -> Iterator[str]:
    """Find cached functions that take a frame, anything of unknown type, or an argument left out of the key."""
    for node in ast.walk(source.tree) if source.has(CACHES) else ():
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not any(re.search(rf"\b({'|'.join(CACHES)})\b", ast.unparse(mark)) for mark in node.decorator_list):
            continue
        given = node.args
        for each in filter(None, [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]):
            kind = ast.unparse(each.annotation) if each.annotation else ""
            if not kind or FRAMES.search(kind) or each.arg.startswith("_"):
                yield f"line {node.lineno}: {node.name}({each.arg}: {kind or '?'}) is cached"


def cache_without_decorator(source: Source) -> Iterator[str]:
    """Find a cache applied by a call, ``cached = st.cache_data(f)``, which the rule above cannot see."""
    for name, call in calls(source, *CACHES):
        if name in CACHES and call.args:
            yield f"line {call.lineno}: use the decorator"


def lone_download(source: Source) -> Iterator[str]:
    for name, call in calls(source, "download_button"):
        if name == "download_button" and not source.path.startswith("dashboard/ui/blocks"):
            yield f"line {call.lineno}: downloads go through ui/blocks, which puts a content hash in the name"


def skipped_test(source: Source) -> Iterator[str]:
    if source.path == "tests/conftest.py":
        return
    for node in ast.walk(source.tree) if source.has(SKIPS) else ():
        if isinstance(node, ast.Attribute) and node.attr in SKIPS and re.match(r"(pytest|mark)\b", ast.unparse(node)):
            yield f"line {node.lineno}: {node.attr}; only tests/conftest.py skips, and says why"


def machine_path(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            yield f"line {number}: a path of one machine: {line.strip()[:80]}"


def lock_address(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if re.search(r"https?|://|^-|\bfile:|@ ", line.lstrip() if not line.startswith(" ") else line):
            yield f"line {number}: {line.strip()[:80]}"


def unhashed(source: Source) -> Iterator[str]:
    for block in re.split(r"\n(?=\S)", source.text.strip()):
        if not re.match(r"[\w.-]+==\S+", block) or "--hash=sha256:" not in block:
            yield block.splitlines()[0] if block else "the lock is empty"


def undeclared(source: Source) -> Iterator[str]:
    """Find imports of packages that pyproject.toml does not declare (they would come only by way of another)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    declared = {re.split(r"[<>=!\[ ]", each)[0].lower() for each in project}
    for node in ast.walk(source.tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"pipelines", "dashboard"}:
            if not declared & distributions(name):
                yield f"line {node.lineno}: {name} is not among the dependencies of pyproject.toml"


@cache
def distributions(name: str) -> frozenset[str]:
    """Name the installed distributions, in lower case, that bring the package ``name``."""
    return frozenset(each.lower() for each in every_package().get(name, []))


@cache
def every_package() -> Mapping[str, list[str]]:
    return packages_distributions()


@dataclass(frozen=True)
class Rule:
    """What is looked for, in which files, and two samples: one that must be caught and one that must not."""

    find: Callable[[Source], Iterator[str]]
    where: Callable[[str], bool]
    fault: Source
    fine: Source


def rule(
    find: Callable[[Source], Iterator[str]], where: Callable[[str], bool], path: str, fault: str, fine: str
) -> Rule:
    return Rule(find, where, Source(path, fault), Source(path, fine))


HOME = "/ho" + "me/someone/data"
RULES = [
    rule(too_long, lambda p: is_module(p) or is_test(p), "pipelines/x.py", "a = 1\n" * 301, "a = 1\n" * 300),
    rule(too_long, is_screen, "dashboard/screens/x.py", "a = 1\n" * 41, "a = 1\n" * 40),
    Rule(refused_name, lambda p: p.endswith(".py"), Source("dashboard/ui/utils.py", ""), Source("dashboard/ui/text.py", "")),
    rule(no_docstring, lambda p: p.endswith(".py"), "dashboard/x.py", "a = 1\n", '"""Kept."""\na = 1\n'),
    rule(raw_html, is_module, "dashboard/ui/x.py", "st.markdown(a, unsafe_allow_html=True)", "st.markdown(a)"),
    rule(
        cached_frame,
        is_module,
        "dashboard/ui/x.py",
        "@st.cache_data(ttl=9)\ndef f(deals: pl.DataFrame) -> int: ...",
        "@st.cache_data(ttl=9)\ndef f(snapshot: str, viewer: Viewer) -> int: ...",
    ),
    rule(cached_frame, is_module, "dashboard/ui/x.py", "@cache_resource\ndef f(a): ...", "@wraps(a)\ndef f(a): ..."),
    rule(cached_frame, is_module, "dashboard/x.py", "@st.cache_data\ndef f(*, _con: str): ...", "def f(*, _con: str): ..."),
    rule(cached_frame, is_module, "dashboard/x.py", "@st.cache_data\nasync def f(all: Facts): ...", "def f(all: Facts): ..."),
    rule(cache_without_decorator, is_module, "dashboard/x.py", "g = st.cache_data(f)", "g = st.cache_data(ttl=9)"),
    rule(lone_download, is_module, "dashboard/screens/x.py", "st.download_button('a', b)", "download('a', b)"),
    rule(skipped_test, is_test, "tests/test_x.py", "@pytest.mark.skip\ndef test_a(): ...", "def test_a(): ..."),
    rule(skipped_test, is_test, "tests/test_x.py", "pl = pytest.importorskip('polars')", "skip('a')"),
    rule(machine_path, lambda p: p != "requirements.lock", "README.md", f"cd {HOME}", "cd data/demo; curl a/home/b ~/home/b"),
    rule(lock_address, lambda p: p == "requirements.lock", "requirements.lock", "--index-url ht" + "tps://x", "a==1 \\\n    --hash=sha256:0"),
    rule(lock_address, lambda p: p == "requirements.lock", "requirements.lock", "a @ file:x", "a==1 ; b == 'c'"),
    rule(unhashed, lambda p: p == "requirements.lock", "requirements.lock", "a==1\nb==2 \\\n    --hash=sha256:0", "a==1 \\\n    --hash=sha256:0"),
    rule(undeclared, is_module, "pipelines/x.py", "import pytest", "import json\nimport polars.selectors as cs"),
]  # fmt: skip
NAMES = [f"{each.find.__name__}-{number}" for number, each in enumerate(RULES)]


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_the_project_keeps_the_rule(rule: Rule) -> None:
    watched = [source for source in sources() if rule.where(source.path)]
    assert watched, "the rule watches no file at all"
    assert [f"{source.path}: {fault}" for source in watched for fault in rule.find(source)] == []


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_the_rule_sees_its_planted_fault(rule: Rule) -> None:
    assert rule.where(rule.fault.path)
    assert list(rule.find(rule.fault)), "the planted fault was not seen"
    assert list(rule.find(rule.fine)) == [], "the mended sample is still refused"


def test_the_lock_holds_every_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    assert {re.split(r"[<>=!\[ ]", each)[0].lower() for each in declared} - locked == set()


def test_every_dependency_has_its_reason_beside_it() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    bare = [line.strip() for line in lines if re.match(r'\s+"[\w-]+>=', line) and "#" not in line]
    assert bare == []


def test_what_belongs_to_the_company_is_ignored() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"data/*", ".venv/", "uv.lock", "pylock*.toml", ".streamlit/secrets.toml"} <= set(ignored)


def test_ci_runs_what_a_newcomer_runs_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["make test"]


def folders_outside_the_import_graph(root: Path) -> list[str]:
    """Find folders of modules without ``__init__.py``: the import contracts would silently not see them."""
    folders = {path.parent for package in ("pipelines", "dashboard") for path in (root / package).rglob("*.py")}
    return sorted(each.relative_to(root).as_posix() for each in folders if not (each / "__init__.py").exists())


def test_the_contracts_see_every_folder_of_modules(tmp_path: Path) -> None:
    (tmp_path / "dashboard" / "ui").mkdir(parents=True)
    (tmp_path / "dashboard" / "__init__.py").touch()
    (tmp_path / "dashboard" / "ui" / "shell.py").touch()
    assert folders_outside_the_import_graph(tmp_path) == ["dashboard/ui"]
    assert folders_outside_the_import_graph(ROOT) == []
