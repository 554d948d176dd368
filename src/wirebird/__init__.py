"""Phoenix LiveView for Python: views as classes, state on the server, diffs on the wire."""

from starlette.exceptions import HTTPException as HTTPException

from wirebird.binding.depends import Depends as Depends
from wirebird.binding.depends import Session as Session
from wirebird.cluster.pubsub import LocalPubSub as LocalPubSub
from wirebird.forms.errors import field_error as field_error
from wirebird.forms.field import FormField as FormField
from wirebird.forms.form import Form as Form
from wirebird.forms.group import FormPart as FormPart
from wirebird.forms.messages import FormError as FormError
from wirebird.html.js import JS as JS
from wirebird.html.js import js as js
from wirebird.html.link import link as link
from wirebird.live.async_result import AsyncResult as AsyncResult
from wirebird.live.async_result import AsyncResultError as AsyncResultError
from wirebird.live.component import LiveComponent as LiveComponent
from wirebird.live.component import live_component as live_component
from wirebird.live.errors import NotFound as NotFound
from wirebird.live.errors import Redirect as Redirect
from wirebird.live.handlers import event as event
from wirebird.live.handlers import info as info
from wirebird.live.hooks import Halt as Halt
from wirebird.live.messages import PubSub as PubSub
from wirebird.live.messages import Timer as Timer
from wirebird.live.navigation import NavigationError as NavigationError
from wirebird.live.nested import live_render as live_render
from wirebird.live.router import LiveSession as LiveSession
from wirebird.live.socket import ConnectInfo as ConnectInfo
from wirebird.live.socket import Socket as Socket
from wirebird.live.stream import Stream as Stream
from wirebird.live.tasks import AsyncOutcome as AsyncOutcome
from wirebird.live.tasks import Cancelled as Cancelled
from wirebird.live.tasks import Failed as Failed
from wirebird.live.tasks import Ok as Ok
from wirebird.live.view import LiveView as LiveView
from wirebird.runtime.endpoint import Limits as Limits
from wirebird.uploads.entry import UploadEntry as UploadEntry
from wirebird.uploads.entry import UploadError as UploadError
from wirebird.uploads.entry import UploadProblem as UploadProblem
from wirebird.uploads.external import ExternalUpload as ExternalUpload
from wirebird.uploads.socket_uploads import Postpone as Postpone
from wirebird.uploads.socket_uploads import UploadedFile as UploadedFile
from wirebird.uploads.upload import Upload as Upload
from wirebird.uploads.writer import UploadWriter as UploadWriter
from wirebird.web.app import Wirebird as Wirebird
from wirebird.web.csrf import csrf_valid as csrf_valid
from wirebird.web.layouts import Page as Page

__version__ = "0.1.0"
