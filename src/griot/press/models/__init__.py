"""The tables of the press: sources and their visits, articles, stories, beats, lines."""

from griot.press.models.articles import Article, Backfill, Entry
from griot.press.models.beats import Beat, Rating, check_query
from griot.press.models.glosses import Gloss
from griot.press.models.lines import Line, Organisation, Override
from griot.press.models.sources import Discovery, Fetch, Host, Notice, Outlet, Source
from griot.press.models.stories import Story, Verdict

__all__ = [
    "Article",
    "Backfill",
    "Beat",
    "Discovery",
    "Entry",
    "Fetch",
    "Gloss",
    "Host",
    "Line",
    "Notice",
    "Organisation",
    "Outlet",
    "Override",
    "Rating",
    "Source",
    "Story",
    "Verdict",
    "check_query",
]
