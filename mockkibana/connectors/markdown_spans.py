"""What stands in a line of Markdown: emphasis, code, links, and what looks like one."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote

# The domains of linkify-it, the library beside markdown-it that finds links in texts.
_GENERIC = "biz com edu gov net org pro web xxx aero asia coop info museum name shop"
_COUNTRIES = """
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt
    bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg
    er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn
    hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li
    lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne
    nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb
    sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr
    tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
"""
_DOMAINS = "|".join((*_GENERIC.split(), *_COUNTRIES.split()))
_NAME = rf"(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.)+(?:{_DOMAINS})(?![\w-]|\.\w)"
_REST = r"(?::\d{1,5})?(?:[/?#](?:[^\s<>()\"']*[^\s<>()\"'.,;:!?*_])?)?"
_SPANS = re.compile(
    r"(?P<newline>(?:(?<! ) {2,}|\\)\n)"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?<!`)(?P<ticks>`++)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|(?P<image>!?)\[(?P<text>[^\[\]]*)\]"
    r"\((?P<url>[^\s()<>]*|<[^<>\n]*>)(?:\s+\"(?P<title>[^\"]*)\")?\)"
    r"|<(?P<auto>[a-z][a-z0-9+.-]{1,31}:[^\s<>]*|[\w.+-]+@[\w.-]+)>"
    r"|\*\*(?=\S)(?P<strong>(?:[^*]|\*(?!\*))+)(?<=\S)\*\*"
    r"|(?<!\w)__(?=\S)(?P<strong_>(?:[^_]|_(?!_))+)(?<=\S)__(?!\w)"
    r"|\*(?=\S)(?P<em>(?:[^*]|\*\*[^*]+\*\*)+)(?<=\S)\*"
    r"|(?<!\w)_(?=\S)(?P<em_>[^_]+)(?<=\S)_(?!\w)"
    r"|~~(?P<gone>[^~]+)~~"
    r"|(?P<bare>https?://[^\s<>()\"']*[^\s<>()\"'.,;:!?*_])"
    rf"|(?<![\w.@/-])(?P<mail>[\w+-][\w.+-]{{0,63}}@{_NAME})"
    rf"|(?<![\w.@/-])(?P<fuzzy>{_NAME}{_REST})",
    re.IGNORECASE | re.DOTALL,
)
_UNSAFE = re.compile(r"(?:javascript|vbscript|file|data):", re.IGNORECASE)
_TAGS = {"strong": "strong", "strong_": "strong", "em": "em", "em_": "em", "gone": "s"}
_LINKS = {"bare": "", "mail": "mailto:", "fuzzy": "http://"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def spans(text: str, *, in_link: bool = False) -> str:
    """Return a text, of a paragraph or a cell, as HTML; in a link there are no others."""
    done, at = [], 0
    for found in _SPANS.finditer(text):
        done.append(_escaped(text[at : found.start()]))
        done.append(_span(found, in_link=in_link))
        at = found.end()
    return "".join((*done, _escaped(text[at:])))


def _span(found: re.Match[str], *, in_link: bool) -> str:
    given = {kind: text for kind, text in found.groupdict().items() if text is not None}
    kind = next(iter(given))
    if kind == "newline":
        return "<br>\n"
    if kind == "escaped":
        return escape(found["escaped"])
    if kind == "ticks":
        return f"<code>{_escaped(_code(found['code']))}</code>"
    if kind == "image":
        return _link(found, in_link=in_link)
    if kind in _TAGS:
        return f"<{_TAGS[kind]}>{spans(found[kind], in_link=in_link)}</{_TAGS[kind]}>"
    if in_link or (kind == "auto" and _UNSAFE.match(found["auto"])):
        return _escaped(found[0])
    text, prefix = found[kind], _LINKS.get(kind, "mailto:")
    if kind == "auto" and _SCHEME.match(text):
        prefix = ""
    return f'<a href="{_href(prefix + text)}">{_escaped(text)}</a>'


def _code(text: str) -> str:
    text = text.replace("\n", " ")
    return text[1:-1] if text.strip() and text[0] == text[-1] == " " else text


def _link(found: re.Match[str], *, in_link: bool) -> str:
    url = found["url"].removeprefix("<").removesuffix(">")
    is_image = bool(found["image"])
    if _UNSAFE.match(url) or (in_link and not is_image):
        return _escaped(found[0])
    title = f' title="{escape(found["title"])}"' if found["title"] else ""
    if is_image:
        return f'<img src="{_href(url)}" alt="{escape(found["text"])}"{title}>'
    return f'<a href="{_href(url)}"{title}>{spans(found["text"], in_link=True)}</a>'


def _href(url: str) -> str:
    return escape(quote(url, safe=";/?:@&=+$,-_.!~*'()#%", errors="replace"), quote=False)


def _escaped(text: str) -> str:
    return escape(text, quote=False).replace('"', "&quot;")
