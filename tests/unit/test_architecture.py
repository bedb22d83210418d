"""The architecture, as a test: who imports whom, and that what must agree, agrees."""

import ast
import statistics
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "storefront"

GROUND = {"money", "settings", "links", "rendering", "logs"}
#: Floor -> what it may import of storefront; itself always. A dotted name is that module alone.
MAY_IMPORT = {
    "money": set(),
    "logs": set(),
    "settings": {"money"},
    "links": {"money", "settings"},
    "rendering": {"money", "settings"},
    "models": {"money"},
    "media": {"money"},
    "storage": {"money"},
    "payments": {"money"},
    "jobs": {"models"},
    "services": {"models", "payments", "media", "storage", "jobs", "money", "links", "rendering"},
    "demo": {"media", "money"},
    "migrations": {"models"},
    "sandbox": set(),
    "wiring": None,  # makes everything, so it may import everything
    "tasks": {"services", "models", "jobs", "wiring", *GROUND, "payments.results", "payments.errors"},
    "web": {
        "services", "models", "wiring", "tasks", *GROUND,
        "payments.results", "payments.errors", "payments.webhooks", "storage",
    },
    "cli": {
        "services", "models", "wiring", "jobs", "tasks", "migrations", "serving", "sandbox", "demo", *GROUND,
        "payments.results", "payments.errors",
    },
    "serving": {"main", "settings", "wiring"},
    "": {"web"},  # storefront/__init__.py, by the names that it includes
}  # fmt: skip

#: A library -> the only floors (or modules) that may import it.
ONLY_IN = {
    "pyramid": {"web", "", "sandbox"},
    "webob": {"web", "sandbox"},
    "click": {"cli"},
    "stripe": {"payments", "sandbox"},
    "waitress": {"serving", "sandbox"},
    "av": {"media", "demo"},
    "mediafile": {"media"},
    "obstore": {"storage"},
    "wtforms": {"web.forms"},
    "argon2": {"services.accounts"},
}


def modules() -> list[tuple[str, Path]]:
    """Every module by its name below storefront ("" is the package itself)."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


MODULES = modules()


@cache
def text_of(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def imports(name: str, path: Path) -> frozenset[str]:
    """The full names of what a module imports, wherever in it, but for type checking alone."""
    package = ["storefront", *([*name.split(".")] if name else [])]
    if path.name != "__init__.py":
        package.pop()
    tree = ast.parse(text_of(path))
    found: set[str] = set()
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            if origin == "storefront" or node.module is None:
                found.update(f"{origin}.{alias.name}" for alias in node.names)
            else:
                found.add(origin)
    return frozenset(found)


def is_below(name: str, floors: set[str]) -> bool:
    return any(name == floor or name.startswith(f"{floor}.") for floor in floors)


def own_imports(name: str, path: Path) -> set[str]:
    """What it imports of storefront, without that name in front."""
    return {
        target.removeprefix("storefront").lstrip(".")
        for target in imports(name, path)
        if target.startswith("storefront")
    }


def test_every_floor_has_its_row() -> None:
    assert {name.partition(".")[0] for name, _ in MODULES} == MAY_IMPORT.keys()


def test_imports_run_one_way() -> None:
    wrong = []
    for name, path in MODULES:
        floor = name.partition(".")[0]
        allowed = MAY_IMPORT[floor]
        if allowed is not None:
            targets = sorted(own_imports(name, path) - {""})
            wrong += [f"{name} imports {target}" for target in targets if not is_below(target, allowed | {floor})]
    assert wrong == []


def test_models_are_imported_from_their_package_only() -> None:
    outside = [(name, path) for name, path in MODULES if not is_below(name, {"models", "migrations"})]
    wrong = {
        name: target for name, path in outside for target in own_imports(name, path) if target.startswith("models.")
    }
    assert wrong == {}


def test_libraries_stay_in_their_place() -> None:
    wrong = []
    for name, path in MODULES:
        for target in imports(name, path):
            homes = ONLY_IN.get(target.partition(".")[0])
            if homes is not None and name not in homes and not is_below(name, homes - {""}):
                wrong.append(f"{name} imports {target}")
    assert wrong == []


def test_services_of_different_nouns_never_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for name, path in MODULES:
        if name.startswith("services."):
            noun = name.split(".")[1]
            targets = [target.split(".") for target in imports(name, path) if target.startswith("storefront.services.")]
            graph.setdefault(noun, set()).update(target[2] for target in targets if target[2] != noun)

    def reach(noun: str, seen: tuple[str, ...]) -> None:
        assert noun not in seen, f"a circle: {' -> '.join((*seen, noun))}"
        for target in sorted(graph.get(noun, ())):
            reach(target, (*seen, noun))

    for noun in graph:
        reach(noun, ())


def test_each_module_says_what_it_is() -> None:
    assert [name for name, path in MODULES if not ast.get_docstring(ast.parse(text_of(path)))] == []


def test_only_settings_reads_the_environment() -> None:
    readers = {
        name for name, path in MODULES if any(word in text_of(path) for word in ("os.environ", "os.getenv", "getenv("))
    }
    assert readers == {"settings.reading", "media.child"}  # which gives a child next to nothing of it


def test_sizes_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """A thermometer, not a target: how large the files are."""
    sizes = {name: len(text_of(path).splitlines()) for name, path in MODULES}
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:5]
    with capsys.disabled():
        print(f"\n{len(sizes)} modules, median {statistics.median(sizes.values()):.0f} lines; the largest: {largest}")
    assert sizes
