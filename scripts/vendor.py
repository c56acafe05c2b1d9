"""Copies the front-end libraries from node_modules into static/vendor.

Browsers load exactly these files and nothing from another host. There is no build step, so
every module must find its neighbours by relative path: a bare import such as "lit-html" would
fail in the browser and is refused here.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"

# `unsafe-html`, `unsafe-svg` and `unsafe-mathml` are left out on purpose: nothing that a person
# typed may reach a page as markup.
LIT_DIRECTIVES = (
    "async-append",
    "async-replace",
    "cache",
    "choose",
    "class-map",
    "guard",
    "if-defined",
    "join",
    "keyed",
    "live",
    "map",
    "private-async-helpers",
    "range",
    "ref",
    "repeat",
    "style-map",
    "template-content",
    "until",
    "when",
)
FILES: dict[str, tuple[str, ...]] = {
    "diff": (
        "LICENSE",
        "libesm/diff/array.js",
        "libesm/diff/base.js",
        "libesm/diff/word.js",
        "libesm/util/string.js",
    ),
    "dompurify": ("LICENSE", "dist/purify.es.mjs"),
    "idb": ("LICENSE", "build/index.js"),
    "lit-html": (
        "LICENSE",
        "lit-html.js",
        "async-directive.js",
        "directive-helpers.js",
        "directive.js",
        "is-server.js",
        "static.js",
        *(f"directives/{name}.js" for name in LIT_DIRECTIVES),
    ),
    # The build for browsers that offices still have. The fonts stand in for those that a PDF
    # names and does not carry, the decoders are what it falls back to without WebAssembly,
    # which the pages' policy (CSP) does not allow.
    "pdfjs-dist": (
        "LICENSE",
        "legacy/build/pdf.min.mjs",
        "legacy/build/pdf.worker.min.mjs",
        "wasm/LICENSE_JBIG2",
        "wasm/LICENSE_OPENJPEG",
        "wasm/jbig2_nowasm_fallback.js",
        "wasm/openjpeg_nowasm_fallback.js",
        "standard_fonts/*",
    ),
    "socket.io-client": ("LICENSE", "dist/socket.io.esm.min.js"),
    "sortablejs": ("LICENSE", "modular/sortable.esm.js"),
    "squire-rte": ("LICENSE", "dist/squire.mjs"),
}
SCRIPTS = (".js", ".mjs")

FONT = "@fontsource/be-vietnam-pro"
FONT_WEIGHTS = (400, 500, 600, 700)
# The order in which browsers are told of them: of two that have a letter the later is loaded, and
# `vietnamese` and `latin` hold every letter of Vietnamese text between them.
FONT_SUBSETS = ("latin-ext", "vietnamese", "latin")

# What can be no name is worked out as the module runs, or stands in a text.
_IMPORT = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["']([\w@.~/-]+)["']""")
_SOURCE_MAP = re.compile(r"\n//# sourceMappingURL=\S+\s*$")
_FACE = re.compile(r"@font-face \{[^}]*\}")
_WOFF_FALLBACK = re.compile(r",\s*url\([^)]+\.woff\)\s*format\('woff'\)")


class VendorError(Exception):
    """A package does not look as expected; the message names the file."""


def copy_packages(target: Path) -> None:
    """Copy the files of `FILES` below `target`, without the comments that name source maps.

    Raises:
        VendorError: a package has none of the files that a pattern stands for.
    """
    for package, names in FILES.items():
        for name in names:
            sources = sorted((NODE_MODULES / package).glob(name))
            if not sources:
                raise VendorError(f"{package} has no {name}")
            for source in sources:
                destination = target / source.relative_to(NODE_MODULES)
                if destination.suffix == ".mjs":
                    # Not every web server knows what kind of file that is.
                    destination = destination.with_suffix(".js")
                destination.parent.mkdir(parents=True, exist_ok=True)
                if source.suffix in SCRIPTS:
                    text = source.read_text(encoding="utf-8")
                    destination.write_text(_SOURCE_MAP.sub("\n", text), encoding="utf-8")
                else:
                    shutil.copyfile(source, destination)


def copy_font(target: Path) -> None:
    """Copy the subsets of Be Vietnam Pro and write its `@font-face` rules as one stylesheet.

    Only woff2: every browser that runs ES modules reads it.
    """
    source = NODE_MODULES / FONT
    destination = target / FONT
    (destination / "files").mkdir(parents=True)
    shutil.copyfile(source / "LICENSE", destination / "LICENSE")
    rules = []
    for weight in FONT_WEIGHTS:
        rule = _WOFF_FALLBACK.sub("", (source / f"{weight}.css").read_text(encoding="utf-8"))
        if ".woff)" in rule or "//" in rule:
            raise VendorError(f"{FONT}/{weight}.css names a file that is not copied")
        faces = _FACE.findall(rule)
        for subset in FONT_SUBSETS:
            name = f"files/be-vietnam-pro-{subset}-{weight}-normal.woff2"
            using = [face for face in faces if name in face]
            if not using:
                raise VendorError(f"{FONT}/{weight}.css does not use {name}")
            rules.extend(using)
            shutil.copyfile(source / name, destination / name)
    stylesheet = "\n\n".join(rules) + "\n"
    (destination / "be-vietnam-pro.css").write_text(stylesheet, encoding="utf-8")


def check_imports(target: Path) -> None:
    """Refuse a module whose import a browser could not resolve.

    Raises:
        VendorError: an import is bare, or leads to a file that was not copied.
    """
    for module in sorted(target.rglob("*.js")):
        for name in _IMPORT.findall(module.read_text(encoding="utf-8")):
            if not name.startswith(("./", "../")) or not (module.parent / name).is_file():
                raise VendorError(f"{module.relative_to(target)} imports {name!r}")


def main() -> int:
    """Replace static/vendor as a whole; what was there stays when something is wrong."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        copy_packages(fresh)
        copy_font(fresh)
        check_imports(fresh)
    except (OSError, VendorError) as error:
        shutil.rmtree(fresh, ignore_errors=True)
        print(f"static/vendor: {error}", file=sys.stderr)
        return 1
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    return 0


if __name__ == "__main__":
    sys.exit(main())
