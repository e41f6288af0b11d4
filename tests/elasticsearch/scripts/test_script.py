"""Scripts run in a small part of Painless, and refuse the rest by name."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.scripts import script

MAPS = {"a": 1, "b": {"c": "x"}, "list": [1, 2, 3], "name": "Bo"}


def run(source: str, document: Any = None, **params: Any) -> tuple[Any, Any]:
    """Run a script of an update; returns its value and what the document is then."""
    ctx = {"_source": {} if document is None else document, "op": "index"}
    ready = script.read({"source": source, "params": params}, script.UPDATE, {})
    return ready.run({"ctx": ctx}), ctx["_source"]


def failure(source: str, document: Any = None) -> str:
    """Run a script that fails; returns `phase: type: reason` of its failure."""
    with pytest.raises(ElasticsearchError) as caught:
        run(source, document)
    assert caught.value.type == "script_exception"
    cause = caught.value.caused_by
    assert cause is not None
    return f"{caught.value.reason}: {cause['type']}: {cause['reason']}"


def test_documents_are_changed_by_assignments() -> None:
    for source, before, after in (
        ("ctx._source.a = params.x", {}, {"a": 7}),
        ("ctx._source.a += params.x", {"a": 1}, {"a": 8}),
        ("ctx._source.a -= 1; ctx._source.a *= 2;", {"a": 3}, {"a": 4}),
        ("ctx._source.a++; ++ctx._source.a; ctx._source.a--", {"a": 1}, {"a": 2}),
        ("ctx._source['a'] = 'x' + 1 + 2.0 + true + null", {}, {"a": "x12.0truenull"}),
        ("ctx._source.remove('a')", {"a": 1, "b": 2}, {"b": 2}),
        ("ctx._source.b.c = [1, params.x]", {"b": {}}, {"b": {"c": [1, 7]}}),
        ("ctx._source.l.add(4); ctx._source.l[0] = 9", {"l": [1]}, {"l": [9, 4]}),
        ("ctx._source.l.remove(ctx._source.l.indexOf(2))", {"l": [1, 2]}, {"l": [1]}),
        ("ctx._source.l.addAll(params.more)", {"l": []}, {"l": ["m"]}),
        ("ctx._source.m = ['k': 1, 'n': [:]]", {}, {"m": {"k": 1, "n": {}}}),
        ("if (ctx._source.a > 1) { ctx._source.b = 1 } else ctx._source.b = 2", {"a": 1}, None),
        ("for (x in params.more) { ctx._source.a = x }", {}, {"a": "m"}),
        (
            "for (int i = 0; i < 3; i++) { if (i == 1) continue; ctx._source.a += i }",
            {"a": 0},
            None,
        ),
        ("int i = 0; while (true) { if (++i > 4) break; } ctx._source.a = i", {}, {"a": 5}),
        ("// a comment\nctx._source.a = /* 1 */ 2", {}, {"a": 2}),
    ):
        expected = {"a": 1, "b": 2} if "else" in source else {"a": 2}
        changed = run(source, before, x=7, more=["m"])[1]
        assert changed == (expected if after is None else after), source


def test_expressions_have_javas_values() -> None:
    for source, value in (
        ("-7 / 2", -3),
        ("-7 % 3", -1),
        ("7 / 2.0", 3.5),
        ("9223372036854775807L + 1", -(2**63)),
        ("1 == 1.0 && !(1 == true)", True),
        ("null == ctx._source.nothing || ctx._source.nothing.x > 1", True),
        ("ctx._source.nothing?.length() ?: 5", 5),
        ("ctx._source.a > 0 ? 'yes' : 'no'", "yes"),
        ("ctx._source.name.toUpperCase().substring(0, 1)", "B"),
        ("ctx._source.name.contains('o') && 'xo'.endsWith('o')", True),
        ("ctx._source.list.size() + ctx._source.list[-1] + ctx._source.name.length()", 8),
        ("ctx._source.containsKey('a') && !ctx._source.b.isEmpty()", True),
        ("ctx._source.getOrDefault('z', 'none')", "none"),
        ("(int) 3 + Math.max(1, 2) + Math.pow(2, 3) + Math.round(2.5)", 16.0),
        ("def x = 2; def y = x * 3; return y; x = 1", 6),
        ("[1, 'a', ['k': 2.5]].toString()", "[1, a, {k=2.5}]"),
        ("0x10 + 1e1", 26.0),
    ):
        assert run(source, MAPS)[0] == value, source


def test_what_painless_has_and_this_has_not_is_refused_by_name() -> None:
    for source, what in (
        ("ctx._source.list.stream().map(x -> x)", "the method [stream]"),
        ("new Date()", "[new]"),
        ("ctx._source.a instanceof String", "[instanceof]"),
        ("ctx._source.a & 1", "[&]"),
        ("System.exit(1)", "[System]"),
        ("Math.random()", "[Math.random]"),
        ("int f(int x) { return x }", "functions"),
        ("try { 1 } catch (Exception e) { }", "[try]"),
        ("(" * 99 + "1" + ")" * 99, "more than 40 levels"),
        ("1" + ".a" * 99, "more than 40 levels"),
        ("1" + " + 1" * 999, "so many operations in a row"),
    ):
        expected = f"this mock does not support {what} in scripts"
        assert failure(source) == f"compile error: illegal_argument_exception: {expected}", source


def test_a_script_that_fails_says_why() -> None:
    for source, text in (
        ("foo", "compile error: illegal_argument_exception: cannot resolve symbol [foo]"),
        (
            "1 = 2",
            (
                "compile error: illegal_argument_exception: invalid assignment: cannot assign a "
                "value to an expression"
            ),
        ),
        (
            "ctx._source.x.y = 1",
            (
                "runtime error: null_pointer_exception: cannot access method/field "
                "[y] from a null def reference"
            ),
        ),
        (
            "ctx._source.a.add(1)",
            (
                "runtime error: illegal_argument_exception: dynamic method "
                "[java.lang.Integer, add/1] not found"
            ),
        ),
        ("1 / 0", "runtime error: arithmetic_exception: / by zero"),
        (
            "ctx._source.list[3]",
            "runtime error: index_out_of_bounds_exception: Index 3 out of bounds for length 3",
        ),
        (
            "if (1) { }",
            "runtime error: class_cast_exception: Cannot cast java.lang.Integer to boolean",
        ),
        (
            "'a' < 'b'",
            (
                "runtime error: class_cast_exception: Cannot apply [<] operation to types "
                "[java.lang.String] and [java.lang.String]"
            ),
        ),
    ):
        assert failure(source, {**MAPS}) == text, source


def test_no_script_runs_for_ever_or_fills_the_memory() -> None:
    for source in (
        "while (true) { }",
        "def x = 'x'; while (true) { x += x }",
        "def x = [1]; while (true) { x.addAll(x) }",
        "def x = [1]; for (int i = 0; i < 60; i++) { x = [x, x] } return x.toString()",
        "def x = [1]; x.add(x); return x == [x] || '' + x == ''",
    ):
        assert failure(source).startswith("runtime error: "), source


def test_the_place_of_an_error_is_marked() -> None:
    with pytest.raises(ElasticsearchError) as caught:
        run("ctx._source.x.y = 1")
    assert caught.value.extra == {
        "script_stack": ["ctx._source.x.y = 1", "              ^---- HERE"],
        "script": "ctx._source.x.y = 1",
        "lang": "painless",
        "position": {"offset": 14, "start": 0, "end": 19},
    }


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ({"source": "1", "lang": "groovy"}, "script_lang not supported [groovy]"),
        (
            {"source": "1", "lang": "expression"},
            "this mock does not support scripts in [expression]",
        ),
        ({"id": "x"}, "unable to find script [x] in cluster state"),
        ({"foo": 1}, "[script] unknown field [foo]"),
        ({}, "must specify either [source] for an inline script or [id]"),
        (1, "must specify either [source] for an inline script or [id]"),
    ],
)
def test_what_is_no_script_is_refused(value: Any, error: str) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        script.read(value, script.UPDATE, {})
    assert caught.value.reason == error
