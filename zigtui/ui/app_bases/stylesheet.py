"""The stylesheet: Textual's, without matching rules again whose result is known."""

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

from textual.css.model import RuleSet, SelectorType
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

__all__ = ["QuickStylesheet"]

_SHARED_STATES = frozenset({"ansi", "dark", "inline", "light", "nocolor"})  # the same for all nodes of an application
_FLAGS = ("_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even")  # set by Textual's `apply`
_MOST_RESULTS = 4_096

_Key: TypeAlias = tuple[object, ...]


class _Dependence(NamedTuple):
    """What the rules for a kind of node depend on, in the node and in those above it.

    Attributes:
        classes: the classes that the rules name.
        states: the pseudo-classes that they name.
        shared: those of them that are the same for all nodes.
    """

    classes: frozenset[str]
    states: tuple[str, ...]
    shared: tuple[str, ...]


class _Result(NamedTuple):
    """The rules that apply, and the values of `_FLAGS`."""

    rules: RulesMap
    flags: tuple[bool, ...]


class QuickStylesheet(Stylesheet):
    """Matches the rules for a node only when something that they depend on has a new value.

    For each new class, focus or position of the pointer, Textual matches all rules for all nodes below. That takes
    half a millisecond for each of them, and a key may change several classes.

    Args:
        variables: see Textual's `Stylesheet`.
    """

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._changed: set[DOMNode] = set()
        self._forget()

    def _forget(self) -> None:
        self._known: dict[str, list[RuleSet]] | None = None
        self._dependences: dict[_Key, _Dependence] = {}
        self._results: dict[_Key, _Result] = {}
        self._applied: WeakKeyDictionary[DOMNode, _Key] = WeakKeyDictionary()

    def apply(self, node: DOMNode, *, animate: bool = False, cache: dict[_Key, RulesMap] | None = None) -> None:
        """Apply the rules to a node, unless it has them already."""
        if self.rules_map is not self._known or len(self._results) > _MOST_RESULTS:  # such as those of another theme
            self._forget()
            self._known = self.rules_map
        key = _key_of(node, self._dependence_of(node))
        if self._applied.get(node) == key:
            return
        self._changed.add(node)
        result = self._results.get(key)
        if result is None:
            super().apply(node, animate=animate)
            rules = node.styles.base.get_rules()
            if not (animate and "transitions" in rules):  # otherwise they do not have their values yet
                self._results[key] = _Result(rules, tuple(getattr(node, flag) for flag in _FLAGS))
        else:
            for flag, value in zip(_FLAGS, result.flags, strict=True):
                setattr(node, flag, value)
            self.replace_rules(node, result.rules, animate=animate)
            self._process_component_classes(node)
        self._applied[node] = key

    def update_nodes(self, nodes: Iterable[DOMNode], animate: bool = False) -> None:
        """Apply the rules to nodes. Those that have them already learn of colours that are new above them."""
        updated = list(nodes)
        self._changed.clear()
        super().update_nodes(updated, animate)
        if self._changed:
            for node in updated:
                if node not in self._changed and not self._changed.isdisjoint(node.ancestors):
                    node.notify_style_update()

    def _dependence_of(self, node: DOMNode) -> _Dependence:
        key = (type(node), node.id, node.classes)
        dependence = self._dependences.get(key)
        if dependence is None:
            dependence = self._dependences[key] = self._found_dependence(node)
        return dependence

    def _found_dependence(self, node: DOMNode) -> _Dependence:
        names = set(node._selector_names)
        if components := node._get_component_classes():
            names |= DOMNode(classes=" ".join(components))._selector_names
        rules = {rule for name in names for rule in self.rules_map.get(name, ())}
        selectors = [selector for rule in rules for each in rule.selector_set for selector in each.selectors]
        classes = {selector.name for selector in selectors if selector.type is SelectorType.CLASS}
        states = {state for selector in selectors for state in selector.pseudo_classes}
        return _Dependence(frozenset(classes), tuple(states - _SHARED_STATES), tuple(states & _SHARED_STATES))


def _key_of(node: DOMNode, dependence: _Dependence) -> _Key:
    """What the rules of a node are the result of: with an equal key, they are equal."""
    classes, states, shared = dependence
    key: list[Any] = [state for state in shared if node.app.has_pseudo_class(state)]
    above: Any = node
    while isinstance(above, DOMNode):
        key += (type(above), above._id, classes & above._classes)
        if states:
            key.append(tuple(state for state in states if above.has_pseudo_class(state)))
        above = above._parent
    return tuple(key)
