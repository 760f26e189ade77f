"""The names that every room uses, in their order: readings, goals, policies, answers, partners, sides.

Beside them, what a reader sees in their place.
"""

LABELS = {  # what a reader sees
    "irrational": "Creature of habit",
    "narrow": "Narrowly rational",
    "dealer": "Deal-seeker",
    "undecided": "Undecided",
    "force": "Force",
    "pressure": "Pressure",
    "talks": "Talks",
    "status_quo": "Status quo",
    "accept": "Accept the arsenal",
    "test_first": "Test first",
    "kim": "Kim",
    "coalition": "Coalition",
    "USA": "United States",
    "CHN": "China",
    "KOR": "South Korea",
    "JPN": "Japan",
    "RUS": "Russia",
}

CAPITALS = {"USA": "Washington", "CHN": "Beijing", "KOR": "Seoul", "JPN": "Tokyo", "RUS": "Moscow"}

READINGS = ("irrational", "narrow", "dealer")
MINDS = ("undecided", "narrow", "dealer")  # who can bargain: a mind of equal weights beside the two rational readings

GOALS = ("personal", "regime", "deterrent", "currency", "legitimacy", "recognition", "autonomy", "reform")
OPTIONAL = ("survival", "dominance")  # two further minds, both built on the narrow reading's draw
POLICIES = ("force", "pressure", "talks", "status_quo", "accept")
RESPONSES = ("accommodate", "hold", "escalate")
FORCE, PRESSURE, TALKS, STATUS_QUO, ACCEPT = range(len(POLICIES))  # their places on an axis of policies
ACC, HOLD, ESC = range(len(RESPONSES))

PARTNERS = ("USA", "CHN", "KOR", "JPN", "RUS")
GOODS = ("recognition", "security", "relief", "banks", "capital", "trade", "arms")
PARTS = ("recognition", "security", "un_relief", "us_secondary", "banks", "capital", "trade", "arms")
CODINGS = ("leaky", "hard", "legal", "none")
OUTCOMES = ("deaths", "arsenal", "spread", "cost", "accountability", "income")


SHORT = {"accept": "Accept", "irrational": "Habit", "narrow": "Narrow"}  # where a phone has no room for more


SIDES = ("kim", "coalition")
KIM, COALITION = 0, 1

ENDS = ("offer_deal", "deal_ends_programme")

END_WORDS = {"offer_deal": "Offer the deal", "deal_ends_programme": "The deal ends the programme"}
FLOORS = ("nothing", "some", "more")  # "more": more than a latent remainder can give
CEILINGS = ("all", "some", "none")
QUANTILES = ("p5", "p25", "p50", "p75", "p95")
STREAMS = {
    "crypto_theft": "Crypto theft (gross)",
    "it_workers": "IT workers abroad (gross)",
    "overseas_labour": "Other workers abroad (gross)",
}
CODING_WORDS = {"leaky": "leaky vetoes", "hard": "hard vetoes", "legal": "law alone", "none": "no vetoes"}
SHAPE_NAMES = {
    "derived": "Derived",
    "at_once": "All at once",
    "kim_first": "Kim first",
    "coalition_first": "Coalition first",
}
CARRIES = ["Self-enforcing and unregretted", "Self-enforcing only"]
GOAL_LABELS = {
    "personal": "Personal survival",
    "regime": "Regime survival",
    "deterrent": "Deterrent",
    "currency": "Hard currency",
    "legitimacy": "Legitimacy",
    "recognition": "Recognition",
    "autonomy": "Autonomy",
    "reform": "Reform",
}
CASES = {  # what is compared, in order of display: (reading, coding) → (name, phone's name, token)
    ("dealer", "table"): ("Talks, table's coding", "Talks", "dealer"),
    ("dealer", "second"): ("Talks, second coding", "Talks, second", "dealer"),
    ("narrow", "table"): ("New pressure", "Pressure", "narrow"),
    ("narrow", "second"): ("Single listings too", "Listings too", "narrow"),
    ("force_only", "table"): ("Exercises in full", "Exercises", "force"),
    ("force_only", "second"): ("Exercises, scaled too", "Scaled too", "force"),
    ("programme", "table"): ("First flights", "First flights", "data"),
    ("programme", "after"): ("Months after them", "Months after", "data"),
}
OFFERS = {
    "kim_2019": "Kim’s offer at Hanoi",
    "washington_2019": "Washington’s offer at Hanoi",
    "freeze_1994": "the freeze for oil of 1994",
}

QUADRANTS = {  # (the other option has more deaths than talks, more accountability): in words
    (True, False): "talks dominate",
    (True, True): "trade-off",
    (False, True): "the other dominates",
    (False, False): "talks cost lives and give justice",
}

DRIVERS = {
    "arsenal_worth": ("Worth of the arsenal", "US$ bn a year", 1 / 500),
    "fear_first_kim": ("Kim’s first fear", "% a half-year", 100),
    "out_kim": ("Kim’s hold-out", "US$ m a half-year", 1),
    "out_coalition": ("Coalition’s hold-out", "US$ m a half-year", 1),
}
