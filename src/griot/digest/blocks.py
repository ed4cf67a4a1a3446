"""The blocks an editor builds an issue from."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup
from wagtail.images.blocks import ImageChooserBlock

from griot.digest.core.series import parse_series
from griot.press.core.types import BadInput
from griot.testimonies.showing.shown import choices

LINK_FEATURES = ["bold", "italic", "link"]
SECTIONS = [
    ("press_review", "Press review"),
    ("trending", "Trending on the internet"),
    ("opinion", "Opinion"),
]
# Kinds of piece that a line tells of, as the press knows them.
PIECES = [
    ("news", "News"),
    ("opinion", "Opinion"),
    ("interview", "Interview"),
    ("feature", "Feature"),
    ("photo essay", "Photo essay"),
    ("data", "Poll or data"),
    ("statement", "Remarks"),
    ("review", "Review"),
]


class FixedCharBlock(blocks.CharBlock):
    """Words that stand the same in every edition: a name, a credit."""

    def get_translatable_segments(self, value: str) -> list[Any]:
        return []


class LinkBlock(blocks.StructBlock):
    """A link with the words it carries. Words that lead nowhere are shown as words; the pre-flight
    asks about them.
    """

    words = blocks.CharBlock(
        required=False, max_length=120, help_text="Read here, Watch here, Click here for more …"
    )
    url = blocks.URLBlock(required=False, label="Address")

    class Meta:
        icon = "link"
        label = "Link"


class CreditBlock(FixedCharBlock):
    """The credit of a picture that a past issue printed and that is not here."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "required": False,
                "max_length": 250,
                "label": "Credit without a picture",
                "help_text": "As a past issue printed it, where its picture is not at hand.",
                **options,
            }
        )


class FeatureBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=250)
    picture = ImageChooserBlock(required=False)
    dateline = blocks.CharBlock(required=False, max_length=80, help_text="Dakar (IPS)")
    text = blocks.RichTextBlock(features=LINK_FEATURES, required=False)
    link = LinkBlock()
    credit = CreditBlock()
    share = FixedCharBlock(required=False, max_length=200, label="Share line as printed")
    title_first = blocks.BooleanBlock(required=False, label="Title above the picture")

    class Meta:
        form_layout = BlockGroup(
            ["title", "picture", "dateline", "text", "link"], settings=["credit", "share", "title_first"]
        )
        icon = "doc-full"
        label = "Feature"


class GalleryPictureBlock(blocks.StructBlock):
    picture = ImageChooserBlock(required=False)
    source = FixedCharBlock(required=False, max_length=80, help_text="The outlet that showed it: TIME")
    caption = blocks.TextBlock()
    link = LinkBlock()
    credit = CreditBlock()

    class Meta:
        label_format = "{source} {caption}"
        form_layout = BlockGroup(["picture", "source", "caption", "link"], settings=["credit"])
        icon = "image"


class GalleryBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=250)
    pictures = blocks.ListBlock(GalleryPictureBlock(), min_num=1, collapsed=True)
    shown = blocks.IntegerBlock(
        default=2,
        min_value=1,
        max_value=12,
        label="Shown in the issue",
        help_text="The gallery’s own page shows all.",
    )

    class Meta:
        icon = "image"
        label = "Gallery"


class VideoBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=250)
    picture = ImageChooserBlock(required=False, label="Poster")
    text = blocks.TextBlock(required=False, rows=2)
    minutes = blocks.IntegerBlock(required=False, min_value=1, max_value=600)
    link = LinkBlock()

    class Meta:
        icon = "media"
        label = "Video"


class BannerBlock(blocks.StructBlock):
    picture = ImageChooserBlock(required=False)
    url = blocks.URLBlock(required=False, label="Leads to")
    credit = CreditBlock()

    class Meta:
        form_layout = BlockGroup(["picture", "url"], settings=["credit"])
        icon = "pick"
        label = "Banner"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(help_text="Without quotation marks; they are added.")
    name = blocks.CharBlock(max_length=250, required=False)
    journey = blocks.CharBlock(required=False, max_length=250, help_text="Displaced from A to B")
    picture = ImageChooserBlock(required=False)
    link = LinkBlock()
    credit = CreditBlock()
    printed_by = FixedCharBlock(required=False, max_length=400, label="Who said it, as printed")
    picture_first = blocks.BooleanBlock(required=False, label="Picture above the words")

    class Meta:
        form_layout = BlockGroup(
            ["text", "name", "journey", "picture", "link"], settings=["credit", "printed_by", "picture_first"]
        )
        icon = "openquote"
        label = "Quote (Holding On)"


class QuoteOfTheDayBlock(QuoteBlock):
    title = blocks.CharBlock(
        required=False, max_length=120, help_text="Quote of the day, where nothing is given."
    )
    journey = blocks.CharBlock(
        required=False, max_length=250, label="Who that is", help_text="Minister of …, in …"
    )

    class Meta:
        form_layout = BlockGroup(
            ["title", "text", "name", "journey", "picture", "link"],
            settings=["credit", "printed_by", "picture_first"],
        )
        icon = "openquote"
        label = "Quote of the day"


class PortraitBlock(blocks.StructBlock):
    picture = ImageChooserBlock(required=False)
    name = blocks.CharBlock(max_length=120)
    text = blocks.TextBlock(help_text="What they said, without quotation marks.")
    link = LinkBlock()
    credit = CreditBlock()
    share = FixedCharBlock(required=False, max_length=200, label="Share line as printed")

    class Meta:
        label_format = "{name}: {text}"
        form_layout = BlockGroup(["picture", "name", "text", "link"], settings=["credit", "share"])
        icon = "user"
        label = "Portrait"


class EventBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=250)
    begins = blocks.DateTimeBlock(help_text="In the newsroom’s time zone.")
    ends = blocks.DateTimeBlock(required=False)
    all_day = blocks.BooleanBlock(required=False)
    where = blocks.CharBlock(required=False, max_length=200)
    text = blocks.RichTextBlock(features=LINK_FEATURES, required=False)
    link = LinkBlock()

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        value = super().clean(value)
        if value["ends"] and value["ends"] < value["begins"]:
            raise blocks.StructBlockValidationError({"ends": ValidationError("It ends before it begins.")})
        return value

    class Meta:
        icon = "date"
        label = "Event"


class FiguresBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=200, help_text="Arrivals by sea, month by month")
    data = blocks.TextBlock(
        rows=8,
        help_text=(
            "Paste from a spreadsheet, or CSV: a head row with the years, then a row for each month. The last"
            " column is drawn strong."
        ),
    )
    unit = blocks.CharBlock(required=False, max_length=40, help_text="people")
    threshold = blocks.FloatBlock(required=False)
    threshold_label = blocks.CharBlock(required=False, max_length=80)
    source = LinkBlock()

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        value = super().clean(value)
        try:
            parse_series(value["data"])
        except BadInput as error:
            raise blocks.StructBlockValidationError(
                {"data": ValidationError(f"The table can’t be read. {error}.")}
            )
        return value

    class Meta:
        icon = "table"
        label = "Figures"


class OutletLinkBlock(blocks.StructBlock):
    name = FixedCharBlock(max_length=140)
    url = blocks.URLBlock(label="Article", required=False)

    class Meta:
        label = "Outlet"
        label_format = "{name}"


class PressLineBlock(blocks.StructBlock):
    outlets = blocks.ListBlock(OutletLinkBlock(), collapsed=True)
    body = blocks.TextBlock(rows=3, label="Line", help_text="From the verb on: reported that …")
    piece = blocks.ChoiceBlock(choices=PIECES, default="news", label="Kind of piece")
    mention = blocks.CharBlock(required=False, max_length=400, help_text="It cited … figures.")
    story = blocks.IntegerBlock(required=False, help_text="The story this line was drafted from.")
    head = FixedCharBlock(
        required=False,
        max_length=400,
        label="Attribution as printed",
        help_text="Where it departs from the house style.",
    )

    class Meta:
        label_format = "{outlets} {body}"
        form_classname = "struct-block griot-line"
        form_layout = BlockGroup(["outlets", "body", "mention", "story"], settings=["piece", "head"])
        icon = "edit"
        label = "Line"


class PressReviewBlock(blocks.StructBlock):
    section = blocks.ChoiceBlock(choices=SECTIONS, default="press_review")
    title = blocks.CharBlock(required=False, max_length=120)
    lines = blocks.ListBlock(PressLineBlock(), collapsed=True)
    bullet = FixedCharBlock(required=False, max_length=2, default="•", label="Bullet in plain text")

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        value = super().clean(value)
        # What is found on the web may be nobody's: a film, a report.
        if value["section"] != "trending" and not all(line["outlets"] for line in value["lines"]):
            raise ValidationError("A line of this section names at least one outlet.")
        return value

    class Meta:
        form_layout = BlockGroup(["section", "title", "lines"], settings=["bullet"])
        icon = "list-ul"
        label = "Press review"


class TestimonyBlock(blocks.StructBlock):
    """A published testimony. What is shown of it is what its teller allows at the time of looking; nothing of
    it is kept here.
    """

    testimony = blocks.ChoiceBlock(choices=choices)

    def get_translatable_segments(self, value: Any) -> list[Any]:
        return []

    class Meta:
        icon = "group"
        label = "Testimony"


class ShareBlock(blocks.StructBlock):
    printed = FixedCharBlock(required=False, max_length=200, label="As a past issue printed it")

    class Meta:
        icon = "redirect"
        label = "Share links"


class IssueBlocks(blocks.StreamBlock):
    feature = FeatureBlock()
    gallery = GalleryBlock()
    video = VideoBlock()
    banner = BannerBlock()
    quote = QuoteBlock()
    quote_of_the_day = QuoteOfTheDayBlock()
    portrait = PortraitBlock()
    press_review = PressReviewBlock()
    figures = FiguresBlock()
    event = EventBlock()
    testimony = TestimonyBlock()
    text = blocks.RichTextBlock(icon="pilcrow", label="Text")
    share = ShareBlock()

    class Meta:
        collapsed = True  # a row each: a whole issue on two screens
