"""The blocks an editor builds an issue from."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

LINK_FEATURES = ["bold", "italic", "link"]


class LinkBlock(blocks.StructBlock):
    """A link with the words it carries; both or neither."""

    words = blocks.CharBlock(required=False, max_length=80, help_text="Read here, Watch here, Click here for more …")
    url = blocks.URLBlock(required=False, label="Address")

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        value = super().clean(value)
        if value.get("words") and not value.get("url"):
            raise blocks.StructBlockValidationError({"url": ValidationError("Give the address these words lead to.")})
        return value

    class Meta:
        icon = "link"
        label = "Link"


class FeatureBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=200)
    picture = ImageChooserBlock(required=False)
    dateline = blocks.CharBlock(required=False, max_length=80, help_text="Dakar (IPS)")
    text = blocks.RichTextBlock(features=LINK_FEATURES)
    link = LinkBlock()

    class Meta:
        icon = "doc-full"
        label = "Feature"


class GalleryPictureBlock(blocks.StructBlock):
    picture = ImageChooserBlock()
    source = blocks.CharBlock(required=False, max_length=80, help_text="The outlet that showed it: TIME")
    caption = blocks.TextBlock()
    link = LinkBlock()

    class Meta:
        icon = "image"


class GalleryBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=200)
    pictures = blocks.ListBlock(GalleryPictureBlock(), min_num=1)

    class Meta:
        icon = "image"
        label = "Gallery"


class BannerBlock(blocks.StructBlock):
    picture = ImageChooserBlock()
    url = blocks.URLBlock(required=False, label="Leads to")

    class Meta:
        icon = "pick"
        label = "Banner"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(help_text="Without quotation marks; they are added.")
    name = blocks.CharBlock(max_length=120)
    journey = blocks.CharBlock(required=False, max_length=200, help_text="Displaced from A to B")
    picture = ImageChooserBlock(required=False)
    link = LinkBlock()

    class Meta:
        icon = "openquote"
        label = "Quote (Holding On)"


class PortraitBlock(blocks.StructBlock):
    picture = ImageChooserBlock()
    name = blocks.CharBlock(max_length=120)
    text = blocks.TextBlock(help_text="What they said, without quotation marks.")
    link = LinkBlock()

    class Meta:
        icon = "user"
        label = "Portrait"


class OutletLinkBlock(blocks.StructBlock):
    name = blocks.CharBlock(max_length=140)
    url = blocks.URLBlock(label="Article")


class PressLineBlock(blocks.StructBlock):
    outlets = blocks.ListBlock(OutletLinkBlock(), min_num=1)
    body = blocks.TextBlock(rows=3, label="Line", help_text="From the verb on: reported that …")
    mention = blocks.CharBlock(required=False, max_length=200, help_text="It cited … figures.")
    story = blocks.IntegerBlock(required=False, help_text="The story this line was drafted from.")

    class Meta:
        icon = "edit"
        label = "Line"


class PressReviewBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=120)
    lines = blocks.ListBlock(PressLineBlock())

    class Meta:
        icon = "list-ul"
        label = "Press review"


class IssueBlocks(blocks.StreamBlock):
    feature = FeatureBlock()
    gallery = GalleryBlock()
    banner = BannerBlock()
    quote = QuoteBlock()
    portrait = PortraitBlock()
    press_review = PressReviewBlock()
    text = blocks.RichTextBlock(icon="pilcrow", label="Text")
    share = blocks.StaticBlock(icon="redirect", label="Share links", admin_text="Links to pass the issue on.")
