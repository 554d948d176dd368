from dataclasses import dataclass, field

from wirebird import LiveView, UploadedFile, Wirebird, event


@dataclass
class Notes:
    received: list[str] = field(default_factory=list[str])


class NotesView(LiveView[Notes]):
    html = """
    <form id="upload" method="post" phx-change="choose" phx-submit="save">
      {{ ui.live_file_input(uploads.notes, aria_label="Notes") }}
      {% for error in ui.upload_errors(uploads.notes) %}
      <p class="error">{{ error.message }}</p>
      {% endfor %}
      {% for entry in uploads.notes.entries %}
      <p :key="{{ entry.ref }}">
        {{ entry.client_name }}
        {% for error in ui.upload_errors(uploads.notes, entry) %}
        <b class="error">{{ error.message }}</b>
        {% endfor %}
      </p>
      {% endfor %}
      <button>Send</button>
    </form>
    <ul id="received">{% for line in received %}<li>{{ line }}</li>{% endfor %}</ul>
    """

    async def mount(self) -> None:
        self.socket.allow_upload("notes", accept=[".txt"], max_entries=2, max_file_size=1000)

    @event
    async def choose(self) -> None:
        pass

    @event
    async def save(self) -> None:
        self.state.received += await self.socket.consume_uploaded_entries("notes", counted)


def counted(file: UploadedFile) -> str:
    lines = len(file.path.read_text().splitlines())
    return f"{file.entry.client_name}: {lines} lines"


app = Wirebird()
app.live("/", NotesView)
