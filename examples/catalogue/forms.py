"""What people fill in."""

from examples.catalogue.example import Example
from examples.form_recovery.form_recovery import LetterView
from examples.invoice.invoice import InvoiceView
from examples.plants import plants
from examples.registration.registration import RegistrationView
from examples.typeahead.typeahead import BirdsView
from examples.wizard.wizard import RentalView

EXAMPLES = [
    Example(
        "/registration",
        "Registration",
        "A form that speaks when asked.",
        RegistrationView,
        "forms",
        ("validation", "error"),
    ),
    Example(
        "/plants",
        "Plants",
        "New, edit, find, delete: each with a URL.",
        plants.PlantsView,
        "navigation",
        ("crud", "modal", "search"),
        wide=True,
        add_to=plants.add_to,
    ),
    Example(
        "/invoice",
        "Invoice",
        "Lines that come, go and move; 200 of them.",
        InvoiceView,
        "forms",
        ("rows", "nested", "sum"),
        wide=True,
        press="#add-line",
    ),
    Example(
        "/rental",
        "Wizard",
        "A form in steps, each with a URL; back loses nothing.",
        RentalView,
        "forms",
        ("steps", "validation", "patch"),
    ),
    Example(
        "/birds",
        "Typeahead",
        "A field that proposes while one types.",
        BirdsView,
        "events",
        ("combobox", "autocomplete", "debounce", "keyboard"),
    ),
    Example(
        "/letter",
        "Form recovery",
        "Write, lose the line, and another view has it all.",
        LetterView,
        "form-events",
        ("reconnect", "crash", "linger"),
    ),
]
