"""What links a run to what came of it: things that it made, and a bulk of them."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.json import Encoded, encode


@dataclass(frozen=True, slots=True)
class Made:
    """A thing that a run made: a `document`, an `issue`, a `comment` or a `delivery`.

    `place` is the index, the key of the project or the name of the party; `key` the key of an
    issue. Documents of a `BulkCreated` need none: they are told from that answer on reading.
    """

    kind: str
    place: str
    id: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class BulkCreated:
    """The answer to a bulk request that created every document, before it is text.

    Documents have the `ids` and the sequence numbers from `first_seq_no` on; `copies` are the
    shards that a write goes to, `took` is in milliseconds.
    """

    index: str
    ids: list[str]
    first_seq_no: int
    copies: int
    took: int
    forced_refresh: bool

    def encoded(self, key: str = "create") -> Encoded:
        """Return the text, each item under `key`; formatting it beats encoding dicts threefold."""
        forced = ',"forced_refresh":true' if self.forced_refresh else ""
        start = f'{{"{key}":{{"_index":{encode(self.index).decode()},"_id":"'
        middle = (
            f'","_version":1,"result":"created"{forced},"_shards":{{"total":{self.copies},'
            '"successful":1,"failed":0},"_seq_no":'
        )
        end = ',"_primary_term":1,"status":201}}'
        items = ",".join(
            [
                f"{start}{id_}{middle}{number}{end}"
                for number, id_ in enumerate(self.ids, self.first_seq_no)
            ]
        )
        return Encoded(f'{{"errors":false,"took":{self.took},"items":[{items}]}}'.encode())
