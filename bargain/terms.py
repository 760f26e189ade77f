"""The names that every room uses, in their order: readings, goals, policies, answers, partners, sides; and what a reader sees."""

LABELS = {  # what a reader sees
    "irrational": "Irrational",
    "narrow": "Narrowly rational",
    "dealer": "Deal-seeker",
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

READINGS = ("irrational", "narrow", "dealer")

GOALS = ("personal", "regime", "deterrent", "currency", "legitimacy", "recognition", "autonomy", "reform")
OPTIONAL = ("survival", "dominance")  # two further minds, both built on the narrow reading's draw
POLICIES = ("force", "pressure", "talks", "status_quo", "accept")
RESPONSES = ("accommodate", "hold", "escalate")

PARTNERS = ("USA", "CHN", "KOR", "JPN", "RUS")
GOODS = ("recognition", "security", "relief", "banks", "capital", "trade", "arms")
PARTS = ("recognition", "security", "un_relief", "us_secondary", "banks", "capital", "trade", "arms")
CODINGS = ("leaky", "hard", "legal", "none")
OUTCOMES = ("deaths", "arsenal", "spread", "cost", "accountability", "income")


SHORT = {"accept": "Accept"}


SIDES = ("kim", "coalition")
KIM, COALITION = 0, 1

ENDS = ("offer_deal", "deal_ends_programme")
