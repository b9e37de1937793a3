"""Files as they come in the worst case: valid ones with bytes changed, lost, doubled or put in."""

from __future__ import annotations

from hypothesis import strategies as st

# Bytes that mean something to one reader or another.
_TELLING = [b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r", b"\n\n", b'"', b"{", b"]", b"\t", b",", b"-1",
            b"1e999", b"NaN", b"null", b"\xed\xa0\x80", b"\\ud800", b"9" * 40, b"\x1f\x8b\x08",
            "\u2028".encode(), "床".encode()]  # fmt: skip

# Each: what happens, where (for large files modulo their length), to how many bytes, and which.
accidents = st.lists(
    st.tuples(
        st.sampled_from(["put", "drop", "double", "cut", "change"]),
        st.one_of(st.integers(0, 200), st.integers(0, 1 << 20), st.integers(-200, -1)),
        st.integers(1, 12),
        st.one_of(st.sampled_from(_TELLING), st.binary(min_size=1, max_size=8)),
    ),
    max_size=4,
)


def damage(content: bytes, happened: list[tuple[str, int, int, bytes]]) -> bytes:
    """The content of a file after some accidents; sometimes nothing of it is left."""
    left = bytearray(content)
    for kind, place, size, put in happened:
        begin = place % (len(left) + 1)
        if kind == "put":
            left[begin:begin] = put
        elif kind == "drop":
            del left[begin : begin + size]
        elif kind == "double":
            left[begin:begin] = left[begin : begin + size]
        elif kind == "cut":
            del left[begin:]
        else:
            left[begin : begin + len(put)] = put
    return bytes(left)
