"""The tables of the digest, a room each: pictures, issues and what goes out, the archive, the desk."""

from griot.digest.models.answers import Answer
from griot.digest.models.archive import LinkCheck, Theme, ToldItem
from griot.digest.models.desk import DeskAction, Presence, name_of
from griot.digest.models.issues import (
    GOES_FIRST,
    Correction,
    DigestIndexPage,
    IssueFrame,
    IssuePage,
    Newsroom,
    SecondPersonTask,
)
from griot.digest.models.pictures import Picture, PictureRendition

__all__ = [
    "GOES_FIRST",
    "Answer",
    "Correction",
    "DeskAction",
    "DigestIndexPage",
    "IssueFrame",
    "IssuePage",
    "LinkCheck",
    "Newsroom",
    "Picture",
    "PictureRendition",
    "Presence",
    "SecondPersonTask",
    "Theme",
    "ToldItem",
    "name_of",
]
