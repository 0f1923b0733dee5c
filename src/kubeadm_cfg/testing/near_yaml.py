"""Texts that are nearly YAML: fragments in any order, and block documents of odd lines. No kind is known here."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["nearly_yaml"]

_WORDS = (
    "a", "b", "x y", "10.0.0.1", "true", "1", "~", "'q'", '"d"', '"a\\tb"', "a:b", "http://x/y", "*a", "&a v", "!t v",
    "!!str 1", "v # c", "é", "-x", "?x", ":x", "a#b", "[]", "{}", "'it''s'", "<<", "=", '""', "&b", "| # no", "@x",
)  # fmt: skip
_FRAGMENTS = (
    *_WORDS, "b: ", "c:", "- ", "-", "? ", ": ", ":", "[", "]", "{", "}", ",", "\n", "\n  ", "\n ", "\n    ", " ", "\t",
    "#x", "# c\n", "&a ", "*a ", "!t ", "!!int ", "!", "'", '"', "\\", "|\n", "|-\n", "|2\n", ">\n", ">+\n", "---",
    "\n---\n", "\n...\n", "%YAML 1.1\n", "%TAG !e! x:\n", "\r\n", "\r", "\x85", "\u2028", "\ufeff", "x: y\n", "- z\n",
    "  k: v\n", "@", "`", "%", "''", "\\\n", "\\x41", "\\/", "!e!q ", "!<v> ", "<<: ", "\n\n", "\t\n", "k" * 600,
)  # fmt: skip
_KEYS = ("a", "b", "'q r'", '"d"', "? x", "&a k", "*a ", "!t k", "<<", "1", "~", "")

_fragments = st.lists(st.sampled_from(_FRAGMENTS), max_size=14).map("".join)

_flow = st.recursive(
    st.sampled_from(_WORDS),
    lambda inner: st.one_of(
        st.lists(inner | st.sampled_from(("a: b", "? c : d", "k : v")), max_size=3).map(
            lambda items: f"[{', '.join(items)}]"
        ),
        st.lists(
            st.tuples(st.sampled_from(_WORDS), st.sampled_from((": ", ":", " : ", ": \n   ")), inner), max_size=3
        ).map(lambda entries: "{" + ", ".join("".join(entry) for entry in entries) + "}"),
    ),
    max_leaves=6,
)
_values = st.one_of(
    st.sampled_from(("", " ", " # c", " |", " >", " |-", " |+", " |2", " &a", " !t", "  multi", ' "dq', " 'sq")),
    st.sampled_from(_WORDS).map(" {}".format),
    _flow.map(" {}".format),
)
_line = st.builds(
    lambda indent, dashes, key, colon, value: " " * indent + "- " * dashes + key + colon + value,
    st.sampled_from((0, 0, 0, 2, 2, 4, 1)),
    st.sampled_from((0, 0, 0, 1, 2)),
    st.sampled_from(_KEYS),
    st.sampled_from((":", ":", " :", "")),
    _values,
)
_loose = st.sampled_from(("", "# c", "  # c", "  ", "\t", "    text", "  line'", '  line"', "---", "...", "--- # d"))

_documents = st.builds(
    lambda lines, newline, last: newline.join(lines) + last,
    st.lists(_line | _line | _line | _loose, max_size=8),
    st.sampled_from(("\n", "\n", "\n", "\r\n", "\r")),
    st.sampled_from(("\n", "", "\n\n", "\n# end\n")),
)


def nearly_yaml() -> st.SearchStrategy[str]:
    """Texts that are YAML, or would be but for something: what a reader must take or refuse, never choke on.

    >>> import kubeadm_cfg as kc
    >>> from hypothesis import given
    >>> @given(nearly_yaml())
    ... def check(text):
    ...     kc.check_text(text)
    >>> check()
    """
    return _fragments | _documents
