"""What takes its time, or goes on by itself."""

from examples.assistant.assistant import AssistantView
from examples.async_data.async_data import DashboardView
from examples.catalogue.example import Example
from examples.chat.chat import ChatView
from examples.music_box import music_box
from examples.ping.ping import PingView
from examples.snake.snake import SnakeView
from examples.tabs import tabs

EXAMPLES = [
    Example(
        "/slow-data",
        "Slow data",
        "Loading, failed and stale, one field each.",
        DashboardView,
        "async",
        ("async", "loading", "retry"),
    ),
    Example(
        "/tabs",
        "Tabs",
        "Views in a view, and a player that plays on.",
        tabs.AlbumView,
        "nested-views",
        ("nested", "sticky", "audio"),
        add_to=tabs.add_to,
    ),
    Example(
        "/chat",
        "Chat",
        "An answer streams in, token by token; stop it.",
        ChatView,
        "async",
        ("async", "stream", "cancel"),
    ),
    Example(
        "/assistant",
        "Assistant",
        "A chat with Markdown, tools and a stop button.",
        AssistantView,
        "async",
        ("llm", "openai", "stream", "durable"),
        wide=True,
    ),
    Example(
        "/music-box",
        "Music box",
        "A player that no page, and no crash, interrupts.",
        music_box.BoxView,
        "nested-views",
        ("audio", "sticky", "durable", "player"),
        add_to=music_box.add_to,
    ),
    Example(
        "/snake",
        "Snake",
        "A game at 30 frames a second, in 3 kB.",
        SnakeView,
        "surviving",
        ("game", "timer", "keyboard", "durable"),
    ),
    Example(
        "/ping",
        "Ping",
        "How long the way to you and back takes.",
        PingView,
        "events",
        ("latency", "hook", "sparkline"),
    ),
]
