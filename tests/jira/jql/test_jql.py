"""JQL is read as Jira reads it, or refused with Jira's sentence."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.jira.errors import JiraError
from mockkibana.jira.jql.jql import parse
from mockkibana.jira.jql.query import (
    Clause,
    Condition,
    Empty,
    Every,
    FunctionCall,
    Listing,
    Not,
    Query,
    Some,
    Sort,
    Value,
)

OPERATORS = (
    "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', "
    "'IN', 'NOT IN', 'IS' and 'IS NOT'."
)
ESCAPES = r"The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX."
LONG = "Numbers must be between -9,223,372,036,854,775,808 and 9,223,372,036,854,775,807."


def refusal(text: str) -> str:
    with pytest.raises(JiraError) as caught:
        parse(text)
    assert caught.value.status == 400
    (message,) = caught.value.error_messages
    return message.removeprefix("Error in JQL Query: ")


def condition(text: str) -> Condition | None:
    return parse(text).condition


def a(value: str = "b") -> Clause:
    return Clause("a", "=", Value(value))


def test_a_refusal_begins_as_jira_begins_it() -> None:
    with pytest.raises(JiraError) as caught:
        parse("invalid query")
    assert caught.value.body() == {
        "errorMessages": [
            (
                "Error in JQL Query: Expecting operator but got 'query'. "
                f"{OPERATORS} (line 1, character 9)"
            )
        ],
        "errors": {},
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # characters
        (
            "comment ~ 'test",
            "The quoted string 'test' has not been completed. @1:11",
        ),
        (
            "comment ~ 'test\n",
            "The quoted string 'test\n' has not been completed. @1:11",
        ),
        ("comment ~ '", "The quoted string has not been completed. @1:11"),
        (
            r"comme\unt ~ 'test",
            rf"'\un' is an illegal JQL escape sequence. {ESCAPES} @1:6",
        ),
        (
            "status =\n\n\n\n\n\n \\c",
            rf"'\c' is an illegal JQL escape sequence. {ESCAPES} @7:2",
        ),
        (
            "status =\n\n\n\n\\",
            f"The escape sequence has not been completed. {ESCAPES} @5:1",
        ),
        (
            "status =\n\n\n\n\\u",
            rf"'\u' is an illegal JQL escape sequence. {ESCAPES} @5:1",
        ),
        (
            "status =\n\n\n\n'\\u'",
            rf"'\u'' is an illegal JQL escape sequence. {ESCAPES} @5:2",
        ),
        (
            r'summary ~ "a\-b"',
            rf"'\-' is an illegal JQL escape sequence. {ESCAPES} @1:13",
        ),
        (
            "mine{www = qwwr",
            (
                "The character '{' is a reserved JQL character. You must enclose it in a string "
                r"or use the escape '\u007b' instead. @1:5"
            ),
        ),
        (
            "assignee = a@example.com",
            (
                "The character '@' is a reserved JQL character. You must enclose it in a string "
                r"or use the escape '\u0040' instead. @1:13"
            ),
        ),
        (
            "mqwwr\x7f",
            (
                "The character 'U+007F' on line 1 at position 6 must be escaped. "
                r"Use the escape '\u007f' instead. @1:6"
            ),
        ),
        (
            'mqwwr="\x7f this is broken"',
            (
                "The character 'U+007F' on line 1 at position 8 must be escaped. "
                r"Use the escape '\u007f' instead. @1:8"
            ),
        ),
        (
            "a=b c=d #",
            (
                "The character '#' is a reserved JQL character. You must enclose it in a string "
                r"or use the escape '\u0023' instead. @1:9"
            ),
        ),
        # numbers
        (
            "aaaaa=-3482094382084092840932809482",
            f"'-3482094382084092840932809482' is not a valid number. {LONG} @1:7",
        ),
        # words
        (
            "summary ~ select",
            (
                "'select' is a reserved JQL word. You must surround it in quotation marks to use "
                "it in a query. @1:11"
            ),
        ),
        (
            "'a' select",
            f"Expecting operator but got 'select'. {OPERATORS} @1:5",
        ),
        # orders
        ("a =b order", "Expecting 'by' before the end of the query."),
        ("a =b order summary", "Expecting 'by' but got 'summary'. @1:12"),
        ("a =b order by", "Expecting a field name at the end of the query."),
        (
            "a =b order by asc",
            (
                "Expecting a field name but got 'asc'. You must surround 'asc' in quotation marks "
                "to use it as a field name. @1:15"
            ),
        ),
        (
            "a =b order by ajsks blah",
            "Expecting either 'ASC' or 'DESC' but got 'blah'. @1:21",
        ),
        ("order by a desc d", "Expecting ',' but got 'd'. @1:17"),
        # names
        ('a =b order by "" desc', "A field name cannot be empty. @1:15"),
        ("'' = c", "A field name cannot be empty. @1:1"),
        ("a = ''()", "A function name cannot be empty. @1:5"),
        # operators
        ("a", f"Expecting operator before the end of the query. {OPERATORS}"),
        ("a blah >", f"Expecting operator but got 'blah'. {OPERATORS} @1:3"),
        ("a =a and j not is empty", "Expecting 'IN' but got 'is'. @1:16"),
        ("a =a and j is ! empty", "Expecting 'NOT' but got '!'. @1:15"),
        # custom fields
        ("cf", "Expecting '[' before the end of the query."),
        ("a = b and not (cf = 6)", "Expecting '[' but got '='. @1:19"),
        ("cf[", "Expecting a custom field id (a positive number) before the end of the query."),
        (
            "cf[29829k] = ",
            "Expecting a custom field id (a positive number) but got '29829k'. @1:4",
        ),
        (
            "cf[-29829] = ",
            "Expecting a custom field id (a positive number) but got '-29829'. @1:4",
        ),
        ("cf[29829 = world", "Expecting ']' but got '='. @1:10"),
        ("cf[29829", "Expecting ']' before the end of the query."),
        # functions
        ("a = func(", "Expecting ')' before the end of the query."),
        ("a = func(, and not (a = x)", "Expecting ')' but got ','. @1:10"),
        ("b=func(bad", "Expecting ')' before the end of the query."),
        ("bas=func(bad,)", "Function argument must be specified. @1:14"),
        ("bas=func(bad,", "Expecting a function argument at the end of the query."),
        (
            "k = func(!",
            (
                "Expecting a function argument but got '!'. You must surround '!' in "
                "quotation marks to use it as an argument. @1:10"
            ),
        ),
        ("k = func(abc, jk!)", "Expecting ')' or ',' but got '!'. @1:17"),
        # brackets
        ("(a=b and c = d", "Expecting ')' before the end of the query."),
        ("b in ((12, (288)", "Expecting ')' before the end of the query."),
        ("abc IN ((foo) abc = a", "Expecting ')' but got 'abc'. @1:15"),
        (
            "[brenden] = a",
            "Expecting a field name but got '['. Did you mean 'cf['? @1:1",
        ),
        # operands
        ("a=", "Expecting either a value, list or function before the end of the query."),
        (
            "project = CF",
            (
                "Expecting either a value, list or function but got 'CF'. "
                "You must surround 'CF' in quotation marks to use it as a value. @1:11"
            ),
        ),
        (
            "a=(a,(,bad))",
            (
                "Expecting either a value, list or function but got ','. "
                "You must surround ',' in quotation marks to use it as a value. @1:7"
            ),
        ),
        ("a was", "Expecting either a value, list or function before the end of the query."),
        # logic
        ("a=b c=d", "Expecting either 'OR' or 'AND' but got 'c'. @1:5"),
        (
            'comment !~ "brenden" jack = jill',
            "Expecting either 'OR' or 'AND' but got 'jack'. @1:22",
        ),
        ('comment !~ "brenden" and', "Expecting a field name at the end of the query."),
        (
            "AND",
            (
                "Expecting a field name but got 'AND'. You must surround 'AND' in quotation marks "
                "to use it as a field name. @1:1"
            ),
        ),
    ],
)
def test_text_that_is_no_jql_is_refused_with_jiras_sentence(text: str, expected: str) -> None:
    assert refusal(text) == re.sub(r"@(\d+):(\d+)$", r"(line \1, character \2)", expected)


def test_a_query_may_be_empty() -> None:
    assert parse("") == parse(" \t\r\n") == Query()


def test_kibanas_query_is_read_as_kibana_means_it() -> None:
    assert condition('project="CK" and summary ~"foo\\\\-bar"') == Every(
        (Clause("project", "=", Value("CK")), Clause("summary", "~", Value("foo\\-bar"))), 2
    )


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("b", Value("b")),
        ("CK-1", Value("CK-1")),
        ("3.1_x", Value("3.1_x")),
        ("größer", Value("größer")),
        ("-5d", Value("-5d")),
        ("12", Value("12", number=True)),
        ("-12", Value("-12", number=True)),
        ('"12"', Value("12")),
        ("'it\\'s'", Value("it's")),
        ('"a \\"b\\""', Value('a "b"')),
        (r'"\t\n\r\\\ \u0041"', Value("\t\n\r\\ A")),
        (r"a\ b\u0040", Value("a b@")),
        ("EMPTY", Empty()),
        ("null", Empty()),
        ("f()", FunctionCall("f")),
        ("'f g'(x, \"y z\", 3)", FunctionCall("f g", ("x", "y z", "3"))),
        ("(x, 1, g())", Listing((Value("x"), Value("1", number=True), FunctionCall("g")))),
    ],
)
def test_an_operand_is_read(written: str, value: object) -> None:
    found = condition(f"a = {written}")
    assert isinstance(found, Clause)
    assert found.operand == value


@pytest.mark.parametrize(
    "operator",
    [
        "=",
        "!=",
        "<",
        ">",
        "<=",
        ">=",
        "~",
        "!~",
        "in",
        "not in",
        "is",
        "is not",
        "was",
        "was not",
        "was in",
        "was not in",
    ],
)
def test_every_operator_is_read_in_any_case(operator: str) -> None:
    spaced = operator.replace(" ", " \n ").upper()
    found = Clause("a", operator, Listing((Value("b"),)))
    assert condition(f"a {spaced} (b)") == found


@pytest.mark.parametrize("text", ["a=b and a=c or a=d", "a=b && a=c || a=d", "a=b & a=c | a=d"])
def test_and_binds_tighter_than_or(text: str) -> None:
    assert condition(text) == Some((Every((a("b"), a("c")), 2), a("d")), 3)


@pytest.mark.parametrize("text", ["not a=b and a=c", "!a=b and a=c", "!(a=b) AND (a=c)"])
def test_not_binds_tighter_than_and(text: str) -> None:
    assert condition(text) == Every((Not(a("b"), 2), a("c")), 3)


def test_parentheses_bind_first() -> None:
    assert condition("a=b and (a=c or a=d)") == Every((a("b"), Some((a("c"), a("d")), 2)), 3)


def test_fields_are_words_texts_numbers_or_custom_fields() -> None:
    fields = [
        clause.field
        for clause in getattr(condition("a=b and 'c d'=b and 7=b and cf[10011]=b"), "parts")  # noqa: B009
    ]
    assert fields == ["a", "c d", "7", "cf[10011]"]


def test_an_order_keeps_what_was_left_open() -> None:
    assert parse("ORDER BY key, 'Due date' desc, cf[1] ASC").order == (
        Sort("key", None),
        Sort("Due date", descending=True),
        Sort("cf[1]", descending=False),
    )


@pytest.mark.parametrize(
    "text", ["not " * 300 + "a=b", "a in " + "(" * 300 + "b" + ")" * 300], ids=["nots", "lists"]
)
def test_what_is_nested_too_deep_is_refused(text: str) -> None:
    assert refusal(text) == "The query is nested deeper than 200 levels."


def test_parentheses_alone_nest_nothing() -> None:
    assert condition("(" * 5000 + "a=b" + ")" * 5000) == a()


PIECES = st.sampled_from(
    re.split(
        "  +",
        r"""a  project  summary  'x y'  "\\-"  cf  [  ]  (  )  ,  =  !=  ~  !~  <  >=  in  not  is
            was  empty  order  by  asc  desc  and  or  !  &&  |  12  -5  -5d  select  f()  \
            \u00e4  '  "  @""",
    )
)


@given(st.one_of(st.text(), st.lists(PIECES).map(" ".join), st.lists(PIECES).map("".join)))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        query = parse(text)
    except JiraError as error:
        assert error.status == 400  # noqa: PT017 - either is fine, nothing else is
    else:
        assert isinstance(query, Query)


def test_many_threads_may_read_at_once() -> None:
    texts = [f"a = b{number} or not c in (d, e)" for number in range(64)]
    with ThreadPoolExecutor(8) as threads:
        for text, query in zip(texts, threads.map(parse, texts), strict=True):
            assert query == parse(f"({text})")
