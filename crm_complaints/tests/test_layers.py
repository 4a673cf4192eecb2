"""Layers: no layer names what a later one defines, and files form no large cycles.

Odoo joins classes at run time, so that names, not imports, show how files depend on
each other. The code is read, not run. A name belongs to the first layer that defines it
as a field or method, unless Odoo or the engine has it too: then it proves nothing.
"""

import ast
import re
from collections import defaultdict
from pathlib import Path

from odoo.tests import TransactionCase

ADDON = Path(__file__).parent.parent
MODELS = ADDON / "models"
# From the first to the last, as models/__init__.py loads them.
LAYERS = [
    module
    for node in ast.parse((MODELS / "__init__.py").read_text()).body
    if isinstance(node, ast.ImportFrom)
    for module in (alias.name for alias in node.names)
]
# Files that may depend on each other in a cycle; more cannot be understood one by one.
LARGEST_KNOT = 5
_DOTTED = re.compile(r"[A-Za-z_][\w.]*")


class Code:
    """The files of ``models``: what each defines, and what each names.

    :ivar defines: dict file -> names of fields and methods
    :ivar models: dict model -> file that gives it its ``_name``
    :ivar names: dict file -> names that it uses, as attributes, keywords or in strings
    :ivar named_models: dict file -> models that it names
    """

    def __init__(self, folder=MODELS):
        trees = {
            path.relative_to(folder).with_suffix("").as_posix(): ast.parse(
                path.read_text()
            )
            for path in sorted(folder.rglob("*.py"))
            if path.name != "__init__.py"
        }
        self.files = list(trees)
        self.defines = {file: set(_defined(tree)) for file, tree in trees.items()}
        self.models = {}
        for file, tree in trees.items():
            for model in _models(tree):
                self.models.setdefault(model, file)
        used = {file: set(_used(tree)) for file, tree in trees.items()}
        self.named_models = {
            file: {name for name in names if name in self.models}
            for file, names in used.items()
        }
        self.names = {
            file: {
                part for name in names - self.models.keys() for part in name.split(".")
            }
            for file, names in used.items()
        }

    @staticmethod
    def layer(file):
        """Return the index of a file's layer, from 0."""
        return LAYERS.index(file.split("/")[0])

    def owners(self, known):
        """Return {name: files of the first layer that defines it}.

        :param known: names that prove nothing, as others have them too
        """
        found = defaultdict(list)
        for file, names in self.defines.items():
            for name in names - known:
                found[name].append(file)
        return {
            name: [file for file in files if self.layer(file) == first]
            for name, files in found.items()
            for first in [min(map(self.layer, files))]
        }

    def ties(self, known):
        """Return {(file, file that owns what it names): names}."""
        owners = self.owners(known)
        ties = defaultdict(set)
        for file in self.files:
            for name in self.names[file]:
                # a name that several files of a layer define is a hook: no tie
                if len(files := owners.get(name, ())) == 1 and files[0] != file:
                    ties[file, files[0]].add(name)
            for model in self.named_models[file]:
                if self.models[model] != file:
                    ties[file, self.models[model]].add(model)
        return ties

    def upward(self, known):
        """Return names of a later layer that files use, as {(file, layer): names}."""
        owners = self.owners(known)
        found = defaultdict(set)
        for file in self.files:
            for name in self.names[file]:
                for owner in owners.get(name, ())[:1]:
                    if self.layer(owner) > self.layer(file):
                        found[file, owner].add(name)
            for model in self.named_models[file]:
                if self.layer(self.models[model]) > self.layer(file):
                    found[file, self.models[model]].add(model)
        return dict(found)


def _classes(tree):
    return [node for node in tree.body if isinstance(node, ast.ClassDef)]


def _assigned(node):
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return None


def _models(tree):
    for cls in _classes(tree):
        values = {_assigned(node): node.value for node in cls.body if _assigned(node)}
        inherited = ast.unparse(values["_inherit"]) if "_inherit" in values else ""
        if "_name" in values and isinstance(values["_name"], ast.Constant):
            name = values["_name"].value
            if repr(name) not in inherited:
                yield name


def _defined(tree):
    for cls in _classes(tree):
        for node in cls.body:
            if isinstance(node, ast.FunctionDef):
                yield node.name
            elif isinstance(node, ast.Assign) and ast.unparse(node.value).startswith(
                "fields."
            ):
                yield _assigned(node)


def _used(tree):
    # a file's own arguments and variables
    own = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)} | {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg and node.arg not in own:
            yield node.arg
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and _DOTTED.fullmatch(node.value)
        ):
            yield node.value


def knots(ties):
    """Return the sets of files that reach each other, the largest first (Tarjan)."""
    graph = defaultdict(set)
    for one, other in ties:
        graph[one].add(other)
    index, low, stack, found = {}, {}, [], []

    def visit(file):
        index[file] = low[file] = len(index)
        stack.append(file)
        for other in sorted(graph[file]):
            if other not in index:
                visit(other)
                low[file] = min(low[file], low[other])
            elif other in stack:
                low[file] = min(low[file], index[other])
        if low[file] == index[file]:
            knot = []
            while not knot or knot[-1] != file:
                knot.append(stack.pop())
            found.append(sorted(knot))

    for file in sorted({file for tie in ties for file in tie}):
        if file not in index:
            visit(file)
    return sorted((knot for knot in found if len(knot) > 1), key=len, reverse=True)


class TestLayers(TransactionCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.code = Code()
        cls.known = cls._names_of_others() | cls._names_of_engine()

    @classmethod
    def _names_of_others(cls):
        """Return the names of fields and methods that Odoo and other addons define."""
        names = set()
        for model in cls.env.registry.values():
            for base in model.__mro__:
                if not base.__module__.startswith("odoo.addons.crm_complaints"):
                    names |= vars(base).keys()
            names.update(
                field.name
                for field in model._fields.values()
                if any(
                    not module.startswith("crm_complaints") for module in field._modules
                )
            )
        return names

    @classmethod
    def _names_of_engine(cls):
        names = set()
        for path in (ADDON / "engine").rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.AnnAssign) and isinstance(
                    node.target, ast.Name
                ):
                    names.add(node.target.id)
        return names

    def test_no_layer_names_a_later_one(self):
        upward = {
            f"{file} names of {owner}": sorted(names)
            for (file, owner), names in self.code.upward(self.known).items()
        }
        self.assertEqual(upward, {})

    def test_no_layer_imports_a_later_one(self):
        for file in self.code.files:
            tree = ast.parse((MODELS / f"{file}.py").read_text())
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and node.level == 2:
                    layer = (node.module or node.names[0].name).split(".")[0]
                    if layer == "engine":  # of what is no folder
                        continue
                    with self.subTest(file=file, layer=layer):
                        self.assertLessEqual(LAYERS.index(layer), self.code.layer(file))

    def test_no_files_are_tied_into_a_knot(self):
        large = [
            knot
            for knot in knots(self.code.ties(self.known))
            if len(knot) > LARGEST_KNOT
        ]
        self.assertEqual(large, [])

    def test_hooks_are_declared_beneath_all_that_extend_them(self):
        """A no-op calls no super, so extensions loaded before it would be ignored."""
        ours = [
            base.__module__
            for base in self.env.registry["helpdesk.ticket"].__mro__
            if base.__name__ == "HelpdeskTicket"
            and base.__module__.startswith("odoo.addons.crm_complaints.models")
        ]
        self.assertEqual(
            ours[-1], "odoo.addons.crm_complaints.models.core.helpdesk_ticket"
        )

    def test_each_layer_is_a_folder_that_is_loaded(self):
        folders = {path.parent.name for path in MODELS.glob("*/__init__.py")}
        files = {path.stem for path in MODELS.glob("*.py")} - {"__init__"}
        self.assertEqual(folders | files, set(LAYERS))

    def test_a_name_used_upwards_would_be_found(self):
        """The test above can fail: a name of the last layer in the first one."""
        code = Code()
        code.names["core/helpdesk_ticket"].add("_complaint_needs_at_reception")
        self.assertIn(("core/helpdesk_ticket", "guidance"), code.upward(self.known))
