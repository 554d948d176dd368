"""Uploads that go from the browser straight to S3, or to a store that speaks like it."""

from wirebird.s3.keys import fingerprint as fingerprint
from wirebird.s3.keys import random_key as random_key
from wirebird.s3.multipart import S3MultipartUpload as S3MultipartUpload
from wirebird.s3.single import S3Upload as S3Upload
