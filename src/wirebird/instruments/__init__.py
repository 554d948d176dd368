"""What views do, as metrics, spans and lines of the log, for what watches your servers."""

from wirebird.instruments.logs import JSONFormatter as JSONFormatter
from wirebird.instruments.logs import LoggedView as LoggedView
from wirebird.instruments.logs import current_view as current_view
from wirebird.instruments.provider import Counter as Counter
from wirebird.instruments.provider import Gauge as Gauge
from wirebird.instruments.provider import Histogram as Histogram
from wirebird.instruments.provider import InstrumentationProvider as InstrumentationProvider
from wirebird.instruments.provider import InstrumentError as InstrumentError
from wirebird.instruments.provider import Span as Span
from wirebird.instruments.provider import UpDownCounter as UpDownCounter
