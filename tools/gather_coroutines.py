#!/usr/bin/env python3
"""Writes analysis/knowledge/coroutines.tsv from the sources of async libraries: names and signatures' facts only.

    tools/gather_coroutines.py OUT PACKAGE_FOLDER... [--stubs=FOLDER:MODULE,MODULE...]
    tools/gather_coroutines.py OUT --plain=FOLDER:MODULE,MODULE...

A PACKAGE_FOLDER is an importable package ("…/site-packages/httpx"); --stubs reads single modules of a stub tree
(typeshed's stdlib). What the columns mean stands at the head of the table, which this script writes too. --plain adds
to the table in OUT what surely gives nothing to await in modules that have nothing to do with asyncio: `print()`,
`queue.Queue.put()`.
"""
import ast
import os
import sys

HEAD = """\
# What calls of outside functions and methods give. Columns: owner (module or class), bases | other paths of the owner,
# members with spaces between. A member is a name, after a sign for what calling it gives: none: a coroutine; * an async
# generator; @ an async context manager; ~ an object that does nothing until it is awaited; - nothing that can be awaited;
# . it is no call but an attribute; ! an attribute that is a coroutine; / a call that gives an object of the class named.
# >Class|Class after it: what comes out in the end (of a coroutine when awaited, of @ when entered), below the owner's
# module if it has no dot; > alone: the receiver's own class; >[Class: a list of them. `=other` in the place of members: the owner is another path of `other`.
# Written by tools/gather_coroutines.py from the libraries' own sources; sorted by bytes, looked up where it lies.
"""
PLAIN = {"None", "bool", "int", "str", "bytes", "float", "list", "dict", "set", "tuple", "List", "Dict", "Set", "Tuple",
         "frozenset", "bytearray", "complex"}
KEEPS = {"abstractmethod", "staticmethod", "classmethod", "override", "final", "deprecated", "wraps", "no_type_check",
         "coroutine", "overload", "type_check_only", "doc_controls", "deprecated_function", "atomic", "typing_final"}
# Class decorators that add methods of the names they are given, and what those give.
DELEGATES = {"delegate_to_executor": "", "proxy_method_directly": "-"}
# Objects that one awaits, although they have methods besides.
LAZY = {"aiogram.methods.base.TelegramMethod"}
PROPERTIES = {"property", "cached_property", "cached_slot_property", "abstractproperty", "hybrid_property", "reify",
              "memoized_property", "ro_memoized_property"}
LISTS = {"list", "List", "Sequence"}


def dotted(node):
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
        return ".".join(reversed(parts))
    return None


def last(node):
    name = dotted(node.func if isinstance(node, ast.Call) else node)
    return name.rsplit(".", 1)[-1] if name else ""


def own_nodes(function):
    """The nodes of a function's own body, without those of functions and classes inside."""
    stack = list(function.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            stack.extend(ast.iter_child_nodes(node))


class Module:
    def __init__(self, name, path, package):
        self.name, self.package = name, package
        self.stub = path.endswith(".pyi")
        self.classes, self.functions, self.names, self.stars = {}, {}, {}, []
        self.declared, self.made, self.again = {}, {}, set()  # name: annotation, name = call(), import name as name
        self.exported = None
        with open(path, "rb") as file:
            tree = ast.parse(file.read())
        self.read(tree.body)
        self.inner = {}  # what functions import for themselves
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for a in node.names:
                    self.inner.setdefault(a.asname or a.name, (self.absolute(node), a.name))

    def read(self, body):
        for node in body:
            if isinstance(node, ast.ClassDef):
                self.classes[node.name] = node
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if not any(last(d) == "overload" for d in node.decorator_list) or node.name not in self.functions:
                    self.functions[node.name] = node
            elif isinstance(node, ast.Import):
                for a in node.names:
                    self.names[a.asname or a.name.split(".")[0]] = (a.name if a.asname else a.name.split(".")[0], None)
            elif isinstance(node, ast.ImportFrom):
                base = self.absolute(node)
                for a in node.names:
                    if a.name == "*":
                        self.stars.append(base)
                    else:
                        self.names.setdefault(a.asname or a.name, (base, a.name))
                        if a.asname == a.name:
                            self.again.add(a.name)
            elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self.assign(node.targets[0].id, node.value)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                self.declared[node.target.id] = node.annotation
            elif isinstance(node, ast.If):
                if not any(isinstance(n, ast.Attribute) and n.attr == "platform" for n in ast.walk(node.test)):
                    self.read(node.orelse)
                self.read(node.body)
            elif isinstance(node, ast.Try):
                for handler in node.handlers:
                    self.read(handler.body)
                self.read(node.body)

    def assign(self, name, value):
        if name == "__all__" and isinstance(value, (ast.List, ast.Tuple)):
            self.exported = {e.value for e in value.elts if isinstance(e, ast.Constant)}
        elif isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name):
            self.assign(name, value.value)  # an alias of one generic class
        elif isinstance(value, ast.Name):
            self.names.setdefault(name, ("", value.id))
        elif isinstance(value, ast.Call):
            self.made[name] = value

    # A name that the module has for others to import from it.
    def hands_on(self, name):
        return self.package or name in self.again or (self.exported is not None and name in self.exported)

    def absolute(self, node):
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        parts = parts[: len(parts) - node.level + (1 if self.package else 0)]
        return ".".join(parts + ([node.module] if node.module else []))


class ListOf:
    """The type of a list whose elements are of these classes."""

    def __init__(self, held):
        self.held = held


def classes_in(types):
    """The classes that a list of types names, also as elements."""
    for t in types or ():
        yield from t.held if isinstance(t, ListOf) else () if t == "self" else (t,)


class Program:
    def __init__(self):
        self.modules, self.known_methods, self.chains, self.known_kinds = {}, {}, {}, {}

    def add_package(self, folder):
        top = os.path.dirname(folder.rstrip("/"))
        for where, folders, files in os.walk(folder):
            folders[:] = sorted(f for f in folders if f not in ("tests", "test", "_vendor", "testing", "__pycache__"))
            for file in sorted(files):
                if file.endswith((".py", ".pyi")):
                    self.add_file(os.path.join(where, file), os.path.relpath(os.path.join(where, file), top))

    def add_file(self, path, relative):
        name = relative.rsplit(".", 1)[0].replace(os.sep, ".")
        package = name.endswith(".__init__")
        name = name[: -len(".__init__")] if package else name
        if name in self.modules and path.endswith(".py"):
            return
        try:
            self.modules[name] = Module(name, path, package)
        except SyntaxError:
            pass

    # (module, name) of the definition a dotted name means in a module, or None.
    def resolve(self, module, name, depth=0):
        if module not in self.modules or depth > 12:
            return None
        m, (first, _, rest) = self.modules[module], name.partition(".")
        found = None
        if first in m.classes or first in m.functions or first in m.declared or first in m.made:
            found = (module, first)
        elif first in m.names:
            base, item = m.names[first]
            if item is None:
                return self.in_module(base, rest, depth)
            base = base or module
            if base == module and item == first:
                return None
            found = self.resolve(base, item, depth + 1)
            if found is None and base + "." + item in self.modules:
                return self.in_module(base + "." + item, rest, depth)
        elif first in m.inner and depth == 0:
            found = self.resolve(*m.inner[first], depth + 1)
        else:
            for star in m.stars:
                source = self.modules.get(star)
                if source and (first in source.exported if source.exported is not None else first[0] != "_"):
                    found = found or self.resolve(star, first, depth + 1)
        if found and rest:
            cls = self.modules[found[0]].classes.get(found[1])
            inner = [n for n in (cls.body if cls else []) if isinstance(n, ast.ClassDef) and n.name == rest]
            return (found[0], found[1] + "." + rest) if inner else None
        return found

    def in_module(self, module, rest, depth):
        while rest:
            step, _, after = rest.partition(".")
            if module + "." + step in self.modules and after:
                module, rest = module + "." + step, after
            else:
                return self.resolve(module, rest, depth + 1)
        return None

    def class_node(self, key):
        return self.modules[key[0]].classes.get(key[1])

    def bases(self, key):
        out = []
        node = self.class_node(key)
        for base in node.bases if node else []:
            name = dotted(base.value if isinstance(base, ast.Subscript) else base)
            found = self.resolve(key[0], name) if name else None
            if found and self.class_node(found) is not None and found != key:
                out.append(found)
        return out

    def chain(self, key):
        if key in self.chains:
            return self.chains[key]
        self.chains[key] = [key]  # a class that inherits from itself comes to an end
        out = [key]
        for base in self.bases(key):
            for one in self.chain(base):
                if one in out:
                    out.remove(one)  # later in a diamond, as Python has it
                out.append(one)
        self.chains[key] = out
        return out

    def methods(self, key):
        if key not in self.known_methods:
            self.known_methods[key] = self.read_methods(key)
        return self.known_methods[key]

    def read_methods(self, key):
        out = {}
        for node in self.flat(self.class_node(key).body):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if any(last(d) in ("setter", "deleter") for d in node.decorator_list):
                    continue
                if not any(last(d) == "overload" for d in node.decorator_list) or node.name not in out:
                    out[node.name] = node
            elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                if isinstance(node.value, ast.Name) and node.value.id in out:
                    out[node.targets[0].id] = out[node.value.id]
        return out

    def delegated(self, key):
        """Methods that decorators of the class add: name -> sign."""
        out = {}
        for decorator in self.class_node(key).decorator_list:
            if isinstance(decorator, ast.Call) and last(decorator) in DELEGATES:
                for a in decorator.args:
                    if isinstance(a, ast.Constant) and isinstance(a.value, str):
                        out.setdefault(a.value, DELEGATES[last(decorator)])
        return out

    def flat(self, body):
        for node in body:
            if isinstance(node, ast.If):
                yield from self.flat(node.orelse)
                yield from self.flat(node.body)
            else:
                yield node

    def find_method(self, chain, name):
        for cls in chain:
            method = self.methods(cls).get(name)
            if method is not None:
                return cls, method
        return None, None

    def has(self, key, *names):
        if "__await__" in names and any(last(b.value if isinstance(b, ast.Subscript) else b) == "Awaitable"
                                        for cls in self.chain(key) for b in self.class_node(cls).bases):
            return True
        return any(self.find_method(self.chain(key), name)[1] is not None for name in names)

    # What a name of a module stands for where it is an alias of a type from elsewhere: Coro = Coroutine[Any, Any, T].
    def alias_of(self, module, name):
        for _ in range(6):
            m = self.modules.get(module)
            if m is None or name not in m.names or name in m.classes:
                break
            base, item = m.names[name]
            if item is None or base == module and item == name:
                break
            module, name = base or module, item
        return name

    # Classes an annotation names: a list of keys, "self", or None where it says something else.
    def types(self, module, node, cls=None, depth=0):
        if node is None or depth > 6:
            return None
        if isinstance(node, ast.Constant):
            if node.value is None:
                return []
            try:
                return self.types(module, ast.parse(node.value, mode="eval").body, cls, depth + 1)
            except (SyntaxError, TypeError, ValueError):
                return None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            parts = [self.types(module, n, cls, depth + 1) for n in (node.left, node.right)]
            return None if None in parts else parts[0] + [p for p in parts[1] if p not in parts[0]]
        if isinstance(node, ast.Subscript):
            form = last(node.value)
            inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            if form in ("Optional", "Union"):
                out = []
                for n in inner:
                    one = self.types(module, n, cls, depth + 1)
                    if one is None:
                        return None
                    out += [o for o in one if o not in out]
                return out
            if form in ("Annotated", "Final", "ClassVar"):
                return self.types(module, inner[0], cls, depth + 1)
            if form in LISTS:
                held = self.types(module, inner[0], cls, depth + 1)
                return [ListOf(held)] if held and not any(isinstance(t, ListOf) or t == "self" for t in held) else None
            node = node.value
        name = dotted(node)
        if name is None:
            return None
        if name.rsplit(".", 1)[-1] in ("Self", "Self_", "TSelf", "_Self", "SelfT"):
            return ["self"]
        found = self.resolve(module, name)
        if found is None or self.class_node(found) is None:
            return None
        return [found]

    def plain_annotation(self, node):
        if isinstance(node, ast.Constant):
            if node.value is None:
                return True
            try:
                node = ast.parse(node.value, mode="eval").body if isinstance(node.value, str) else node
            except SyntaxError:
                return False
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self.plain_annotation(node.left) and self.plain_annotation(node.right)
        if isinstance(node, ast.Subscript):
            if last(node.value) in ("Optional",):
                return self.plain_annotation(node.slice)
            node = node.value
        return isinstance(node, ast.Constant) and node.value is None or last(node) in PLAIN

    def keeps(self, module, decorator):
        name = last(decorator)
        if name in KEEPS or "deprecat" in name:
            return True
        target = dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
        found = self.resolve(module, target) if target else None
        function = self.modules[found[0]].functions.get(found[1]) if found else None
        return function is not None and self.passes_through(function)

    def passes_through(self, decorator):
        """A decorator of the library whose innermost wrapper is async or returns the call of what it wraps."""
        parameters, wrapper = set(), None
        for node in ast.walk(decorator):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                parameters |= {a.arg for a in node.args.args}
                wrapper = node  # walk() is breadth first: the deepest comes last
        if wrapper is None or wrapper is decorator:
            return any(isinstance(n, ast.Return) and isinstance(n.value, ast.Name) and n.value.id in parameters
                       for n in own_nodes(decorator))
        if isinstance(wrapper, ast.AsyncFunctionDef):
            return True
        returns = [n.value for n in own_nodes(wrapper) if isinstance(n, ast.Return)]
        return bool(returns) and all(isinstance(v, ast.Call) and dotted(v.func) in parameters for v in returns)

    def wrapped_in(self, module, decorator):
        """The class of which a decorator of the library makes an object around what the function gives, or None."""
        target = dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
        found = self.resolve(module, target) if target else None
        function = self.modules[found[0]].functions.get(found[1]) if found else None
        inner = [n for n in ast.walk(function) if isinstance(n, ast.FunctionDef) and n is not function] if function else []
        if len(inner) != 1:
            return None
        returns = [n.value for n in own_nodes(inner[0]) if isinstance(n, ast.Return)]
        if len(returns) != 1 or not isinstance(returns[0], ast.Call) or len(returns[0].args) != 1:
            return None
        name = dotted(returns[0].func)
        cls = self.resolve(found[0], name) if name else None
        handed = isinstance(returns[0].args[0], ast.Call) and dotted(returns[0].args[0].func)
        if cls is None or self.class_node(cls) is None or handed not in {a.arg for a in function.args.args}:
            return None
        return cls if self.has(cls, "__await__") and not self.does_more(cls) else None

    def makes_async(self, module, call):
        """True for `name = wrap(function)` where what wrap gives is a coroutine function."""
        target = dotted(call.func)
        found = self.resolve(module, target) if target else None
        function = self.modules[found[0]].functions.get(found[1]) if found else None
        inner = [n for n in function.body if isinstance(n, ast.AsyncFunctionDef)] if function else []
        returns = [n.value for n in own_nodes(function) if isinstance(n, ast.Return)] if function else []
        return bool(inner) and bool(returns) and all(
            isinstance(v, ast.Name) and any(v.id == n.name for n in inner) for v in returns)

    # (sign, result types) of a function, or None if it is not known what it gives.
    def kind(self, module, fn, chain=None, depth=0):
        key = (id(fn), chain[0] if chain else None)
        if key not in self.known_kinds:
            self.known_kinds[key] = None  # a method that forwards to itself comes to an end
            self.known_kinds[key] = self.read_kind(module, fn, chain, depth)
        return self.known_kinds[key]

    def read_kind(self, module, fn, chain, depth):
        generator = any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in own_nodes(fn))
        names = [last(d) for d in fn.decorator_list]
        if any(n in PROPERTIES for n in names):
            plain = names == ["property"] or not isinstance(fn, ast.AsyncFunctionDef)
            return ("!" if isinstance(fn, ast.AsyncFunctionDef) else ".", self.types(module, fn.returns, chain)) if plain else None
        manager = any(n == "asynccontextmanager" for n in names)
        rest = [d for d in fn.decorator_list if last(d) != "asynccontextmanager"]
        if len(rest) == 1 and isinstance(fn, ast.AsyncFunctionDef) and not generator and self.wrapped_in(module, rest[0]):
            return "~", self.types(module, fn.returns, chain)
        if not all(self.keeps(module, d) for d in rest):
            return None
        wraps = fn.returns
        while isinstance(wraps, ast.Constant) and isinstance(wraps.value, str):
            try:
                wraps = ast.parse(wraps.value, mode="eval").body
            except SyntaxError:
                break
        form = last(wraps.value) if isinstance(wraps, ast.Subscript) else last(wraps) if wraps else ""
        form, inner = self.alias_of(module, form), None
        if isinstance(wraps, ast.Subscript):
            parts = wraps.slice.elts if isinstance(wraps.slice, ast.Tuple) else [wraps.slice]
            inner = (parts[-1] if form == "Coroutine" else parts[0]) if parts else None
        if manager:
            return "@", self.types(module, inner, chain)
        if isinstance(fn, ast.AsyncFunctionDef):
            stub_generator = self.modules[module].stub is False and generator
            if stub_generator:
                return "*", self.types(module, inner, chain)
            return "", self.types(module, fn.returns, chain)
        if form == "Coroutine":
            return "", self.types(module, inner, chain)
        if form in ("AbstractAsyncContextManager", "AsyncContextManager", "_AsyncGeneratorContextManager"):
            return "@", self.types(module, inner, chain)
        if generator:
            return None
        return self.plain_kind(module, fn, chain, depth)

    @staticmethod
    def is_stub(fn):
        return all(isinstance(s, (ast.Raise, ast.Pass)) or isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)
                   for s in fn.body)

    def plain_kind(self, module, fn, chain, depth):
        if fn.returns is not None and self.plain_annotation(fn.returns):
            return "-", None
        given = self.types(module, fn.returns, chain)
        if given and any(isinstance(t, ListOf) for t in given):
            return "/", given
        if given:
            awaitable = [k != "self" and self.has(k, "__await__") for k in given]
            lazy = [k != "self" and not any(n in ("Future", "Task", "_asyncio.Future") or n.endswith("Future")
                                            for _, n in self.chain(k)) for k in given]
            if all(awaitable) and all(lazy) and not any(self.does_more(k) for k in given):
                return "~", self.awaits_to(given)
            return None if any(awaitable) and all(lazy) is False else ("/", given)
        if self.modules[module].stub:
            return None
        returns = [n.value for n in own_nodes(fn) if isinstance(n, ast.Return) and n.value is not None]
        if chain and returns and depth < 4:
            kinds = [self.forwarded(chain, value, depth) for value in returns]
            if all(k == "" for k in kinds):
                return "", None
        abstract = self.is_stub(fn) or any(last(d) == "abstractmethod" for d in fn.decorator_list)
        if fn.returns is None and not returns and not abstract and not fn.decorator_list:
            return "-", None
        return None

    def does_more(self, key):
        """An object of this class is good for something without being awaited, too."""
        if any(".".join(cls) in LAZY for cls in self.chain(key)):
            return False
        names = {n for cls in self.chain(key) for n in (*self.methods(cls), *self.attributes(cls))}
        return any(n[0] != "_" and n not in ("send", "throw", "close") and not n.startswith(("cr_", "gi_")) for n in names)

    def awaits_to(self, given):
        out = []
        for key in given:
            cls, method = self.find_method(self.chain(key), "__await__")
            returns = method.returns if method is not None else None
            if not isinstance(returns, ast.Subscript) or last(returns.value) != "Generator":
                return None
            types = self.types(cls[0], returns.slice.elts[-1] if isinstance(returns.slice, ast.Tuple) else None)
            if types is None:
                return None
            out += types
        return out

    def forwarded(self, chain, value, depth):
        """The sign of `return self.method(...)` as seen from the class at the head of the chain."""
        if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
            return None
        if not isinstance(value.func.value, ast.Name) or value.func.value.id != "self":
            return None
        cls, method = self.find_method(chain, value.func.attr)
        if method is None:
            return None
        found = self.kind(cls[0], method, chain, depth + 1)
        return found[0] if found else None

    def members(self, key):
        """name -> (sign, types): the class's own, and those of its bases that mean something else here."""
        chain, out = self.chain(key), {}
        for name, fn in self.methods(key).items():
            out[name] = self.kind(key[0], fn, chain)
        for base in chain[1:]:
            for name, fn in self.methods(base).items():
                if name in out or isinstance(fn, ast.AsyncFunctionDef):
                    continue
                here = self.kind(base[0], fn, chain)
                if here is not None and here[0] == "" and self.kind(base[0], fn, self.chain(base)) != here:
                    out[name] = here
        for name, types in self.attributes(key).items():
            out.setdefault(name, (".", types))
        for name, sign in self.delegated(key).items():
            out[name] = (sign, None)
        return out

    def attributes(self, key):
        out = {}
        for node in self.flat(self.class_node(key).body):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                out[node.target.id] = self.types(key[0], node.annotation, key)
            if isinstance(node, ast.FunctionDef) and node.name == "__init__":
                for n in own_nodes(node):
                    target = n.target if isinstance(n, ast.AnnAssign) else n.targets[0] if isinstance(n, ast.Assign) else None
                    if not isinstance(target, ast.Attribute) or dotted(target.value) != "self":
                        continue
                    if isinstance(n, ast.AnnAssign):
                        out[target.attr] = self.types(key[0], n.annotation, key)
                    elif isinstance(n.value, ast.Call):
                        out[target.attr] = self.types(key[0], n.value.func, key)
        return {name: types for name, types in out.items() if types}


class Writer:
    def __init__(self, program, aliases, known):
        self.p, self.aliases, self.known = program, aliases, known
        self.paths, self.rows, self.useful = {}, {}, set()
        self.shown = {}

    def canonical(self, name):
        head = name
        while head:
            if head in self.aliases:
                return self.aliases[head] + name[len(head):]
            head = head.rpartition(".")[0]
        return name

    def find_paths(self):
        """Every public path of every class and function."""
        for name, module in self.p.modules.items():
            hidden = any(part.startswith("_") for part in name.split("."))
            bound = set(module.names) | set(module.classes) | set(module.functions) | set(module.declared) | set(module.made)
            for star in module.stars:
                source = self.p.modules.get(star)
                if source:
                    bound |= source.exported if source.exported is not None else {
                        n for n in set(source.names) | set(source.classes) | set(source.functions) if n[0] != "_"}
            for item in bound:
                found = self.p.resolve(name, item)
                if found is None:
                    continue
                own = found == (name, item)
                same = found[0].split(".")[0] == name.split(".")[0]
                beside = module.hands_on(item) and found[0].split(".")[0] not in ("asyncio", "contextlib")
                if own or not hidden and not item.startswith("_") and (same or beside):
                    self.paths.setdefault(found, set()).add(name + "." + item)

    def is_package(self, name):
        return name in self.p.modules and self.p.modules[name].package

    def path(self, key):
        if key not in self.shown:
            own = key[0] + "." + key[1]
            top = key[0].split(".")[0]
            all_paths = {p for p in self.paths.get(key, set()) if p.split(".")[0] == top
                         and (p in self.known or self.is_package(p.rpartition(".")[0]))} | {own}
            def rank(p):
                hidden = any(x.startswith("_") for x in p.split("."))
                return (p not in self.known and self.canonical(p) == p, hidden, self.canonical(p) not in self.known,
                        p.count("."), len(p), p)
            self.shown[key] = self.canonical(min(all_paths, key=rank))
        return self.shown[key]

    def collect(self):
        for name, module in self.p.modules.items():
            for cls in module.classes:
                key = (name, cls)
                self.rows[key] = self.p.members(key)
            for fn, node in module.functions.items():
                self.rows.setdefault((name, None), {})[fn] = self.p.kind(name, node)
            for item, annotation in module.declared.items():
                types = self.p.types(name, annotation)
                if types:
                    self.rows.setdefault((name, None), {})[item] = (".", types)
            for item, call in module.made.items():
                if self.p.makes_async(name, call):
                    self.rows.setdefault((name, None), {})[item] = ("", None)
        self.unsay_declared()
        self.unsay_overridden()
        def has_async(members):
            return any(k and (k[0] in ("", "*", "@", "~", "!")) for n, k in members.items())
        changed = True
        self.useful = {k for k, m in self.rows.items()
                       if has_async(m) or k[1] is not None and "__await__" in self.p.methods(k)}
        self.asynchronous = {k for k in self.rows if k[1] is not None and any(b in self.useful for b in self.p.chain(k))}
        while changed:  # what leads to something useful is useful
            changed = False
            for key, members in self.rows.items():
                if key in self.useful:
                    continue
                leads = key[1] is not None and any(b in self.useful for b in self.p.chain(key)[1:])
                leads |= any(k and any(t in self.useful for t in classes_in(k[1])) for k in members.values())
                if leads:
                    self.useful.add(key)
                    changed = True

    def unsay_declared(self):
        """What a base says of a method that it only declares, where a class of the library makes a plain one of it."""
        for key in self.rows:
            for base in self.p.chain(key)[1:] if key[1] is not None else []:
                for name, fn in self.p.methods(base).items():
                    declares = isinstance(fn, ast.AsyncFunctionDef) and self.p.is_stub(fn)
                    if declares and isinstance(self.p.methods(key).get(name), ast.FunctionDef):
                        self.rows[base][name] = None

    def unsay_overridden(self):
        """What a base row says of a method that forwards to another one, where a subclass has another one."""
        for key, members in self.rows.items():
            if key[1] is None:
                continue
            for base in self.p.chain(key)[1:]:
                for name, said in self.rows.get(base, {}).items():
                    if name in members or said is None or said[0] != "":
                        continue
                    cls, method = self.p.find_method(self.p.chain(key), name)
                    here = self.p.kind(cls[0], method, self.p.chain(key)) if method is not None else None
                    if here != said and not isinstance(method, ast.AsyncFunctionDef):
                        members[name] = here

    def token(self, owner_module, name, kind):
        sign, types = kind
        text = sign + name
        if types:
            names, of_list = [], len(types) == 1 and isinstance(types[0], ListOf)
            for t in types[0].held if of_list else types:
                if t == "self":
                    names.append("")
                elif isinstance(t, ListOf):
                    return text if sign not in (".", "/") else None
                elif t in self.useful:
                    path = self.path(t)
                    head, _, tail = path.rpartition(".")
                    names.append(tail if head == owner_module else path)
                else:
                    return text if sign not in (".", "/") else None
            if names:
                return text + (">[" if of_list else ">") + "|".join(names)
        return text if sign not in (".", "/") else None

    def reached(self):
        """Public classes, and those that one gets out of them."""
        def visible(path):
            return not any(part.startswith("_") for part in path.split("."))
        todo = [k for k in self.useful if k[1] is None or visible(self.path(k))]
        out = set(todo)
        while todo:
            key = todo.pop()
            following = self.p.bases(key) if key[1] is not None else []
            for kind in self.rows.get(key, {}).values():
                following += classes_in(kind[1] if kind else None)
            for one in following:
                if one in self.useful and one not in out:
                    out.add(one)
                    todo.append(one)
        return out

    def lines(self):
        out = {}
        functions = {}
        for key in sorted(self.reached(), key=lambda k: (k[0], k[1] or "")):
            if key[1] is None:
                continue
            path = self.path(key)
            owner = path.rpartition(".")[0]
            tokens = []
            for name, kind in sorted(self.rows[key].items()):
                if name.startswith("_") and name not in ("__aenter__", "__anext__", "__call__"):
                    continue
                if kind is not None:
                    token = self.token(owner, name, kind)
                    if token and (kind[0] != "-" or key in self.asynchronous):
                        tokens.append(token)
                elif self.inherited(key, name):
                    tokens.append("?" + name)
            bases = [self.path(b) for b in self.p.bases(key) if b in self.useful]
            bases = [b.rpartition(".")[2] if b.rpartition(".")[0] == owner else b for b in bases]
            out[path] = "\t".join([path, "|".join(bases) or "-", " ".join(tokens) or "-"])
            for other in self.paths.get(key, ()):
                home = self.p.modules.get(other.rpartition(".")[0])
                shown = other == key[0] + "." + key[1] or home is not None and home.hands_on(other.rpartition(".")[2])
                if shown and self.canonical(other) != path and not any(x[0] == "_" for x in other.split(".")):
                    out.setdefault(other, "\t".join([other, "-", "=" + path]))
        for key, members in self.rows.items():
            if key[1] is not None:
                continue
            for fn, kind in members.items():
                if kind is None or fn.startswith("_"):
                    continue
                names = {self.path((key[0], fn))} | self.paths.get((key[0], fn), set())
                for name in names:
                    module = name.rpartition(".")[0]
                    token = self.token(module, name.rpartition(".")[2], kind)
                    hidden = any(x.startswith("_") for x in module.split("."))
                    if token and not hidden:
                        functions.setdefault(module, set()).add(token)
        for module, tokens in functions.items():
            if any(t[0] not in "-./" for t in tokens) or any(">" in t for t in tokens):
                if module not in out:
                    out[module] = "\t".join([module, "-", " ".join(sorted(tokens, key=lambda t: t.lstrip("*@~-./?!")))])
        return sorted(line for line in out.values())

    def inherited(self, key, name):
        """A base says what it gives, but this class does it in another way."""
        return any(self.rows.get(b, {}).get(name) for b in self.p.chain(key)[1:])


def read_aliases(folder):
    aliases, known = {}, set()
    with open(os.path.join(folder, "classes.tsv"), encoding="utf-8") as file:
        for line in file:
            parts = line.rstrip("\n").split("\t")
            if parts[0] == "alias":
                aliases[parts[1]] = parts[2]
                known.add(parts[2])
            elif len(parts) > 1:
                known.add(parts[1])
    with open(os.path.join(folder, "types.tsv"), encoding="utf-8") as file:
        for line in file:
            parts = line.rstrip("\n").split("\t")
            if len(parts) > 2 and not line.startswith("#"):
                known.update(r for r in parts[2].split("|") if "." in r)
    return aliases, known


def is_plain(node):
    """An annotation whose values nobody can await: of builtin classes alone."""
    if isinstance(node, ast.Constant):
        return node.value is None or isinstance(node.value, str) and is_plain(ast.parse(node.value, mode="eval").body)
    if isinstance(node, ast.BinOp):
        return is_plain(node.left) and is_plain(node.right)
    if isinstance(node, ast.Subscript):
        return is_plain(node.value)
    return isinstance(node, ast.Name) and node.id in PLAIN


def plain_members(body):
    """The functions of a module or class that give such values in every version and overload."""
    found = {}
    for node in body:
        if isinstance(node, ast.If):
            for name, plain in (*plain_members(node.body).items(), *plain_members(node.orelse).items()):
                found[name] = found.get(name, True) and plain
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            called = not {last(d) for d in node.decorator_list} & PROPERTIES
            plain = isinstance(node, ast.FunctionDef) and called and is_plain(node.returns)
            found[node.name] = found.get(node.name, True) and plain
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                found[dotted(target) or ""] = False
    return found


def plain_rows(folder, modules):
    for module in modules:
        path = os.path.join(folder, *module.split("."))
        with open(os.path.join(path, "__init__.pyi") if os.path.isdir(path) else path + ".pyi", "rb") as file:
            tree = ast.parse(file.read())
        owners = [(module, tree.body)]
        if module != "builtins":
            owners += [(module + "." + n.name, n.body) for n in tree.body if isinstance(n, ast.ClassDef)]
        for owner, body in owners:
            names = [n for n, plain in plain_members(body).items() if plain and not n.startswith("_")]
            if names and not any(part.startswith("_") for part in owner.split(".")):
                yield owner, ["-" + n for n in sorted(names)]


def add_plain(out, folder, modules):
    with open(out, encoding="utf-8") as file:
        lines = file.read().splitlines()
    head = [line for line in lines if line.startswith("#")]
    rows = dict(line.split("\t", 1) for line in lines if not line.startswith("#"))
    added = 0
    for owner, names in plain_rows(folder, modules):
        if owner not in rows:
            rows[owner] = "-\t" + " ".join(names)
            added += 1
    body = sorted((owner + "\t" + rest for owner, rest in rows.items()), key=lambda line: line.encode())
    with open(out, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in head + body)
    print(added, "rows added")


def main(arguments):
    out, program = arguments[0], Program()
    if arguments[1].startswith("--plain="):
        folder, _, modules = arguments[1][len("--plain="):].partition(":")
        return add_plain(out, folder, modules.split(","))
    for argument in arguments[1:]:
        if argument.startswith("--stubs="):
            folder, _, modules = argument[len("--stubs="):].partition(":")
            for module in modules.split(","):
                path = os.path.join(folder, module)
                if os.path.isdir(path):
                    program.add_package(path)
                else:
                    program.add_file(path + ".pyi", module + ".pyi")
        else:
            program.add_package(argument)
    tables = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "analysis", "knowledge")
    writer = Writer(program, *read_aliases(tables))
    writer.find_paths()
    writer.collect()
    lines = writer.lines()
    with open(out, "w", encoding="utf-8") as file:
        file.write(HEAD)
        file.writelines(line + "\n" for line in lines)
    print(len(lines), "rows", sum(len(line) for line in lines), "bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
