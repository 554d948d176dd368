"""Phoenix LiveView for Python: views as classes, state on the server, diffs on the wire."""

from starlette.exceptions import HTTPException as HTTPException

from wirebird.cluster.pubsub import LocalPubSub as LocalPubSub
from wirebird.html.js import JS as JS
from wirebird.html.js import js as js
from wirebird.html.link import link as link
from wirebird.live.async_result import AsyncResult as AsyncResult
from wirebird.live.async_result import AsyncResultError as AsyncResultError
from wirebird.live.component import LiveComponent as LiveComponent
from wirebird.live.component import live_component as live_component
from wirebird.live.depends import Depends as Depends
from wirebird.live.depends import Session as Session
from wirebird.live.errors import NotFound as NotFound
from wirebird.live.errors import Redirect as Redirect
from wirebird.live.form import Form as Form
from wirebird.live.form_errors import field_error as field_error
from wirebird.live.form_field import FormField as FormField
from wirebird.live.form_group import FormPart as FormPart
from wirebird.live.form_messages import FormError as FormError
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
from wirebird.live.upload import Upload as Upload
from wirebird.live.upload_entry import UploadEntry as UploadEntry
from wirebird.live.upload_entry import UploadError as UploadError
from wirebird.live.upload_entry import UploadProblem as UploadProblem
from wirebird.live.upload_external import ExternalUpload as ExternalUpload
from wirebird.live.upload_writer import UploadWriter as UploadWriter
from wirebird.live.uploading import Postpone as Postpone
from wirebird.live.uploading import UploadedFile as UploadedFile
from wirebird.live.view import LiveView as LiveView
from wirebird.runtime.endpoint import Limits as Limits
from wirebird.web.app import Wirebird as Wirebird
from wirebird.web.csrf import csrf_valid as csrf_valid
from wirebird.web.layouts import Page as Page

__version__ = "0.1.0"
