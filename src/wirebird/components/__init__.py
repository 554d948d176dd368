"""Components to build pages with: functions for t-strings and Python, `ui.*` in Jinja.

The rule: they are functions of what they are given, look like something with our style sheet, take
classes of your own, and can be used with the keyboard and with a screen reader.
"""

from wirebird.components.buttons import button as button
from wirebird.components.flashes import flash as flash
from wirebird.components.flashes import flash_group as flash_group
from wirebird.components.focus import focus_wrap as focus_wrap
from wirebird.components.form_parts import errors as errors
from wirebird.components.form_parts import inputs_for as inputs_for
from wirebird.components.forms import form as form
from wirebird.components.headers import header as header
from wirebird.components.icons import ICONS as ICONS
from wirebird.components.icons import icon as icon
from wirebird.components.inputs import input as input
from wirebird.components.jinja import ui as ui
from wirebird.components.library import STYLE as STYLE
from wirebird.components.lists import description_list as description_list
from wirebird.components.modals import dialog as dialog
from wirebird.components.modals import hide_modal as hide_modal
from wirebird.components.modals import modal as modal
from wirebird.components.modals import show_modal as show_modal
from wirebird.components.pieces import dynamic_tag as dynamic_tag
from wirebird.components.pieces import intersperse as intersperse
from wirebird.components.portals import portal as portal
from wirebird.components.results import async_result as async_result
from wirebird.components.scrolling import infinite_scroll as infinite_scroll
from wirebird.components.tables import col as col
from wirebird.components.tables import table as table
from wirebird.components.titles import live_title as live_title
from wirebird.components.uploads import live_file_input as live_file_input
from wirebird.components.uploads import live_img_preview as live_img_preview
from wirebird.components.uploads import upload_errors as upload_errors
