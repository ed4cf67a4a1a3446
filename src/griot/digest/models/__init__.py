"""The tables of the digest, a room each: pictures, issues and what goes out, the archive, the desk."""

from griot.digest.models.answers import Answer
from griot.digest.models.archive import LinkCheck, Theme, ToldItem
from griot.digest.models.desk import Assignment, DeskAction, Note, Presence, Shift, name_of
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
    "Assignment",
    "Correction",
    "DeskAction",
    "DigestIndexPage",
    "IssueFrame",
    "IssuePage",
    "LinkCheck",
    "Newsroom",
    "Note",
    "Picture",
    "PictureRendition",
    "Presence",
    "SecondPersonTask",
    "Shift",
    "Theme",
    "ToldItem",
    "name_of",
]
