"""Runs statements with objects that tell what is done to them; evaluation_order_test.cc reads what they say.

The argument is a file of statements with NUL between. For each, the events in order, then NUL. Exits with 3 where the
interpreter is too old.
"""
import ast
import asyncio
import sys

if sys.version_info < (3, 8):
    print("too old")
    sys.exit(3)

told = []


class Thing:
    """A value that is called by how it was come by."""

    def __init__(self, name):
        object.__setattr__(self, "name", name)

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        name = f"{self.name}.{attribute}"
        told.append(f"read {name}")
        return Thing(name)

    def __setattr__(self, attribute, value):
        told.append(f"write {self.name}.{attribute}")

    def __delattr__(self, attribute):
        told.append(f"del {self.name}.{attribute}")

    def __getitem__(self, key):
        told.append(f"read {self.name}[]")
        return Thing(f"{self.name}[]")

    def __setitem__(self, key, value):
        told.append(f"write {self.name}[]")

    def __delitem__(self, key):
        told.append(f"del {self.name}[]")

    def __call__(self, *arguments, **keywords):
        told.append(f"call {self.name}")
        return Thing(f"{self.name}()")

    def __await__(self):
        told.append(f"await {self.name}")
        return self
        yield

    def keys(self):
        return []

    def __mro_entries__(self, bases):
        return ()

    def __hash__(self):
        return hash(self.name)

    def operate(self, *other):
        told.append("op")
        return Thing("op")

    __add__ = __mul__ = __sub__ = __pow__ = __neg__ = __lt__ = operate

    def __format__(self, spec):
        told.append("op")
        return self.name

    def __iter__(self):
        yield Thing("element")

    def __aiter__(self):
        return Steps(self.name)

    def __enter__(self):
        told.append(f"enter {self.name}")
        return Thing("entered")

    def __exit__(self, *error):
        told.append(f"exit {self.name}")

    async def __aenter__(self):
        told.append(f"aenter {self.name}")
        return Thing("entered")

    async def __aexit__(self, *error):
        told.append(f"aexit {self.name}")


class Steps:
    def __init__(self, name):
        self.name = name
        self.left = 1

    async def __anext__(self):
        told.append(f"anext {self.name}")
        if self.left == 0:
            raise StopAsyncIteration
        self.left -= 1
        return Thing("element")


class Names(dict):
    def __getitem__(self, name):
        if name.startswith("__"):
            return super().__getitem__(name)
        told.append(f"read {name}")
        return super().__getitem__(name)

    def __setitem__(self, name, value):
        if not name.startswith("__"):
            told.append(f"write {name}")
        super().__setitem__(name, value)

    def __delitem__(self, name):
        told.append(f"del {name}")


async def run(code, space, names):
    result = eval(code, space, names)
    if asyncio.iscoroutine(result):
        await result


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        statements = file.read().split("\0")[:-1]
    for statement in statements:
        things = {name: Thing(name) for name in "o p q a b c d e k j f g x".split()}
        things["E"] = ValueError
        names = Names(things)
        code = compile(statement, "statement", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        told.clear()
        asyncio.run(run(code, {**things, "__name__": "test"}, names))
        print("".join(line + "\n" for line in told), end="\0")


main()
