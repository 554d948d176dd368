"""Phoenix LiveView for Python: views as classes, state on the server, diffs on the wire."""

from starlette.exceptions import HTTPException as HTTPException

from wirebird.binding.depends import Depends as Depends
from wirebird.binding.depends import Session as Session
from wirebird.binding.depends import UnsupportedMarkerError as UnsupportedMarkerError
from wirebird.binding.errors import BindingDefinitionError as BindingDefinitionError
from wirebird.binding.errors import BindingError as BindingError
from wirebird.cluster.broadcaster import AsyncBroadcaster as AsyncBroadcaster
from wirebird.cluster.broadcaster import Broadcaster as Broadcaster
from wirebird.cluster.broker import BrokerUnavailable as BrokerUnavailable
from wirebird.cluster.brokers import BrokerError as BrokerError
from wirebird.cluster.messages import UnsendableMessage as UnsendableMessage
from wirebird.cluster.presence import PresenceTimes as PresenceTimes
from wirebird.cluster.pubsub import LocalPubSub as LocalPubSub
from wirebird.errors import DefinitionError as DefinitionError
from wirebird.errors import WirebirdError as WirebirdError
from wirebird.forms.errors import field_error as field_error
from wirebird.forms.field import FormField as FormField
from wirebird.forms.form import Form as Form
from wirebird.forms.group import FormPart as FormPart
from wirebird.forms.messages import FormProblem as FormProblem
from wirebird.forms.schema import FormDefinitionError as FormDefinitionError
from wirebird.html.errors import ComponentError as ComponentError
from wirebird.html.errors import MarkupError as MarkupError
from wirebird.html.escaping import UnsafeMarkup as UnsafeMarkup
from wirebird.html.js import JS as JS
from wirebird.html.js import js as js
from wirebird.html.link import link as link
from wirebird.html.shown import NoText as NoText
from wirebird.html.stream_rows import StreamError as StreamError
from wirebird.html.tojson import tojson as tojson
from wirebird.live.async_result import AsyncResult as AsyncResult
from wirebird.live.async_result import AsyncResultError as AsyncResultError
from wirebird.live.component import LiveComponent as LiveComponent
from wirebird.live.component import live_component as live_component
from wirebird.live.errors import NotFound as NotFound
from wirebird.live.errors import Redirect as Redirect
from wirebird.live.errors import ViewDefinitionError as ViewDefinitionError
from wirebird.live.handlers import event as event
from wirebird.live.handlers import info as info
from wirebird.live.hooks import Halt as Halt
from wirebird.live.lifecycle import MountError as MountError
from wirebird.live.messages import PubSub as PubSub
from wirebird.live.messages import Resubscribed as Resubscribed
from wirebird.live.messages import Timer as Timer
from wirebird.live.messages import broadcastable as broadcastable
from wirebird.live.navigation import NavigationError as NavigationError
from wirebird.live.nested import live_render as live_render
from wirebird.live.presence import Presence as Presence
from wirebird.live.presence import PresenceDiff as PresenceDiff
from wirebird.live.presence import PresenceError as PresenceError
from wirebird.live.router import LiveSession as LiveSession
from wirebird.live.socket import ConnectInfo as ConnectInfo
from wirebird.live.socket import Socket as Socket
from wirebird.live.stream import Stream as Stream
from wirebird.live.tasks import AsyncOutcome as AsyncOutcome
from wirebird.live.tasks import Cancelled as Cancelled
from wirebird.live.tasks import Failed as Failed
from wirebird.live.tasks import Ok as Ok
from wirebird.live.tasks import TooManyTasks as TooManyTasks
from wirebird.live.view import LiveView as LiveView
from wirebird.log import one_line_each
from wirebird.runtime.endpoint import Limits as Limits
from wirebird.uploads.entry import UploadEntry as UploadEntry
from wirebird.uploads.entry import UploadError as UploadError
from wirebird.uploads.entry import UploadProblem as UploadProblem
from wirebird.uploads.external import ExternalUpload as ExternalUpload
from wirebird.uploads.socket_uploads import Postpone as Postpone
from wirebird.uploads.socket_uploads import UploadedFile as UploadedFile
from wirebird.uploads.upload import Upload as Upload
from wirebird.uploads.writer import UploadWriter as UploadWriter
from wirebird.web.app import SecretKeyMissing as SecretKeyMissing
from wirebird.web.app import Wirebird as Wirebird
from wirebird.web.attach import AttachError as AttachError
from wirebird.web.compression import Compression as Compression
from wirebird.web.csrf import csrf_valid as csrf_valid
from wirebird.web.environment import BadSetting as BadSetting
from wirebird.web.head import STRICT_POLICY as STRICT_POLICY
from wirebird.web.layouts import Page as Page
from wirebird.web.lookup import AssetNotFound as AssetNotFound
from wirebird.wire.frames import UnsendableError as UnsendableError
from wirebird.wire.params import values_of as values_of

__version__ = "0.1.0"

one_line_each()
