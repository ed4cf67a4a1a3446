"""A line's body against the passages of its story, fact by fact; `judging.py` tells in which order.

matching.py      does a passage's fact bear out the line's, and where does a passage have it?
retelling.py     passages that the line gives almost word for word
rivals.py        another fact in its place, where a passage says the same thing
misplacing.py    a fact that the story tells of something else
company.py       no passage says the same: in what company must the fact stand?
negations.py     a "not" that was lost
changes.py       a change told backwards
universals.py    an "all" that nobody said
deeds.py         who did what to whom, from a sentence's grammar
doings.py        the line's deeds against those of the nearest passages
figures.py       figures told as what was before, as a fall, by the hour
abroad.py        lines whose outlets wrote in another language
following.py     figures that an editor may have worked out
doubting.py      what of all that is contradicted or left open
"""
