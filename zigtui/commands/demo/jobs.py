"""The jobs of the demo, each a process of its own: ``python -m zigtui.commands.demo.jobs JOB DIRECTORY PACE MODULES``.

They do real work on a copy of some modules of the standard library, slowly enough to watch. MODULES are the names of
those that ``gather`` copies; without any, it copies the thirty of the workflow, as far as this Python has them.
"""

import ast
import shutil
import sys
import unittest
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from zigtui.reader.pause import pause
from zigtui.wording.amounts import count

_MODULES = [
    "argparse", "ast", "base64", "bisect", "calendar", "cmd", "codecs", "copy", "csv", "dataclasses", "difflib",
    "fnmatch", "fractions", "functools", "glob", "graphlib", "heapq", "inspect", "ipaddress", "locale", "mimetypes",
    "pprint", "queue", "random", "sched", "selectors", "shlex", "statistics", "tempfile", "textwrap",
]  # fmt: skip
_LONG_LINE = 100
_FIXED_ARGUMENTS = 4  # with the name of the program


def gather(scratch: Path, pause: Callable[[], None]) -> int:
    """Copy the modules that the other jobs examine. It fails if one that is named does not exist."""
    sources = scratch / "src"
    sources.mkdir(parents=True, exist_ok=True)
    library = Path(ast.__file__).parent
    known = (name for name in _MODULES if (library / f"{name}.py").is_file())  # others are packages by now, or gone
    for name in sys.argv[_FIXED_ARGUMENTS:] or known:
        shutil.copy(library / f"{name}.py", sources)
        size = (sources / f"{name}.py").stat().st_size
        print(f"copied {name}.py  \x1b[2m{size:>7,} bytes\x1b[0m")
        pause()
    return 0


def lint(scratch: Path, pause: Callable[[], None]) -> int:
    """Report overlong lines as warnings."""
    findings = 0
    for path in _sources(scratch):
        long = [number for number, line in enumerate(path.read_text().splitlines(), 1) if len(line) > _LONG_LINE]
        for number in long[:2]:
            print(f"warning: {path.name}:{number}: line longer than {_LONG_LINE} characters", file=sys.stderr)
        findings += len(long)
        found = count(len(long), "long line")
        print(f"\x1b[33m!\x1b[0m {path.name}: {found}" if long else f"\x1b[32m✓\x1b[0m {path.name}")
        pause()
    print(count(findings, "finding"))
    return 0


def sizes(scratch: Path, pause: Callable[[], None]) -> int:
    """Find the longest function of each module."""
    longest = 0
    for path in _sources(scratch):
        lengths = {function.name: _length(function) for function in _functions(path)}
        name = max(lengths, key=lengths.__getitem__, default="")
        longest = max(longest, lengths.get(name, 0))
        print(f"{path.name:<16} {lengths.get(name, 0):>4} lines  {name}")
        pause()
    print(f"the longest function has {longest} lines")
    return 0


def docs(scratch: Path, pause: Callable[[], None]) -> int:
    """Count the functions that have a docstring."""
    documented = total = 0
    for path in _sources(scratch):
        functions = _functions(path)
        here = sum(1 for function in functions if ast.get_docstring(function))
        documented, total = documented + here, total + len(functions)
        share = here / len(functions) if functions else 1.0
        print(f"{path.name:<16} {'█' * round(share * 20):<20} {share:>4.0%}")
        pause()
    print(f"{documented} of {total} functions documented")
    return 0


def test(scratch: Path, pause: Callable[[], None]) -> int:
    """Run a test for each module. One of them fails the first time, because a file is missing."""
    ready = scratch / "cache"

    class Modules(unittest.TestCase):
        def test_cache_is_warm(self) -> None:
            was_ready = ready.exists()
            ready.touch()
            assert was_ready, "the cache was cold, it is being filled"

    def compiles(path: Path) -> Callable[[unittest.TestCase], None]:
        def check(case: unittest.TestCase) -> None:
            pause()
            assert compile(path.read_text(), path.name, "exec")

        return check

    for path in list(_sources(scratch))[:12]:
        setattr(Modules, f"test_{path.stem}_compiles", compiles(path))
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Modules)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    return 0 if result.wasSuccessful() else 1


def package(scratch: Path, pause: Callable[[], None]) -> int:
    """Pack all modules into an archive."""
    archive = scratch / "package.zip"
    sources = list(_sources(scratch))
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as package:
        for path in sources:
            package.write(path, path.name)
            print(f"adding {path.name}")
            pause()
    print(f"added {len(sources)} modules: {archive.stat().st_size:,} bytes")
    return 0


def _sources(scratch: Path) -> Iterator[Path]:
    return iter(sorted((scratch / "src").glob("*.py")))


def _functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]


def _length(function: ast.FunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


_JOBS = {job.__name__: job for job in (gather, lint, sizes, docs, test, package)}


def main() -> int:
    """Run the job that the command line names."""
    job, scratch, pace = sys.argv[1:_FIXED_ARGUMENTS]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", line_buffering=True)  # type: ignore[union-attr]
    return _JOBS[job](Path(scratch), lambda: pause(float(pace)))


if __name__ == "__main__":
    sys.exit(main())
