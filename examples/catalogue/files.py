"""Files that people send."""

from examples.avatar_cropper.avatar_cropper import AvatarView
from examples.catalogue.example import Example
from examples.image_upload import image_upload
from examples.s3_multipart import s3_multipart

EXAMPLES = [
    Example(
        "/photos",
        "Photos",
        "Previews, progress, refusals.",
        image_upload.PhotosView,
        "uploads",
        ("upload", "drop", "preview"),
        add_to=image_upload.add_to,
    ),
    Example(
        "/large-files",
        "Large files",
        "Into S3, in parts; they go on after a break.",
        s3_multipart.LargeFilesView,
        "s3",
        ("upload", "multipart", "resume"),
        add_to=s3_multipart.add_to,
    ),
    Example(
        "/avatar",
        "Avatar",
        "A hook crops a picture and uploads the square.",
        AvatarView,
        "uploads",
        ("upload", "hook", "canvas"),
    ),
]
