"""How a mend gets into MiniStack: a named function is replaced, and only if it is the function that the mend was written for.

MiniStack has no hooks, so the mends replace functions inside it. A newer version may rename one or give it other parameters, and a mend
that silently did nothing would let a wrong template pass. Every replacement therefore says which parameters it expects.
"""

import inspect
import sys


class Drift(Exception):
    """MiniStack is not as the mends expect. The message names the function and what was found instead."""


def original(module, name, parameters):
    """Returns module.name.

    Raises Drift if it is not there or does not take exactly these parameters ("data, allow_aws_source"). For a mend that only calls it.
    """
    found = getattr(module, name, None)
    where = f"{module.__name__}.{name}"
    if not inspect.isroutine(found):
        raise Drift(f"{where} is not there any more")
    takes = ", ".join(inspect.signature(found).parameters)
    if takes != parameters:
        raise Drift(f"{where} takes ({takes}), and the mend was written for ({parameters})")
    return found


def replace(module, name, parameters, mend):
    """Puts mend in the place of module.name, and wherever else MiniStack holds the function by value. Returns the original.

    That is every module that imported it, and the tables in which modules look up what to call. Raises Drift as original does.
    """
    old = original(module, name, parameters)
    for loaded in [m for key, m in list(sys.modules.items()) if key.split(".")[0] == "ministack" and m is not None]:
        _rebind(vars(loaded), old, mend, depth=2)
    return old


def _rebind(table, old, mend, depth):
    for key, value in list(table.items()):
        if value is old:
            table[key] = mend
        elif depth and type(value) is dict and not str(key).startswith("__"):
            _rebind(value, old, mend, depth - 1)


def constant(module, name, value):
    """Sets the constant module.name, which must be there and of the same kind. Raises Drift otherwise."""
    old = getattr(module, name, None)
    if not isinstance(old, (int, float)) or isinstance(old, bool):
        raise Drift(f"{module.__name__}.{name} is not a number any more: {old!r}")
    setattr(module, name, value)
