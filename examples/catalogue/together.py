"""Many people in one page."""

from examples.auction.auction import AuctionView
from examples.catalogue.example import Example
from examples.chat_rooms import chat_rooms
from examples.checkboxes.checkboxes import CheckboxesView
from examples.drawing_board.drawing_board import DrawingBoardView
from examples.editor.editor import EditorView
from examples.kanban.kanban import KanbanView
from examples.presence.presence import PresenceView
from examples.quiz import quiz
from examples.shared_counter.shared_counter import SharedCounterView

EXAMPLES = [
    Example(
        "/shared-counter",
        "Shared counter",
        "One number for all who look.",
        SharedCounterView,
        "messages",
        ("broadcast", "pubsub"),
    ),
    Example(
        "/checkboxes",
        "Checkboxes",
        "A board that all fill in.",
        CheckboxesView,
        "messages",
        ("broadcast", "hook"),
        wide=True,
    ),
    Example(
        "/presence",
        "Presence",
        "Who is here, and where their pointers are.",
        PresenceView,
        "presence",
        ("cursor", "hook"),
    ),
    Example(
        "/rooms/lobby",
        "Chat rooms",
        "Several rooms; who is here, who types.",
        chat_rooms.RoomView,
        "presence",
        ("chat", "stream", "broadcast"),
        wide=True,
        add_to=chat_rooms.add_to,
    ),
    Example(
        "/kanban",
        "Kanban",
        "Cards that many drag, or move by keys.",
        KanbanView,
        "messages",
        ("drag", "keyboard", "npm"),
        wide=True,
        kilobytes=20,
    ),
    Example(
        "/auction",
        "Auction",
        "Bids by many against the server's clock.",
        AuctionView,
        "surviving",
        ("timer", "durable"),
        wide=True,
    ),
    Example(
        "/drawing-board",
        "Drawing board",
        "All draw on it, and see each other's lines grow.",
        DrawingBoardView,
        "streams",
        ("svg", "canvas", "pointer", "hook"),
        wide=True,
    ),
    Example(
        "/quiz",
        "Quiz",
        "A host asks, players answer on their phones.",
        quiz.QuizView,
        "messages",
        ("qr", "timer", "game", "broadcast"),
        wide=True,
        add_to=quiz.add_to,
    ),
    Example(
        "/editor",
        "Editor",
        "Many write one text, and nothing is lost.",
        EditorView,
        "npm",
        ("codemirror", "npm", "broadcast", "hook"),
        wide=True,
        kilobytes=220,
    ),
]
