"""What people say in the simulated meetings. Written as people talk, without a look at any list of search words."""

# What people say is not cut into lines:
# ruff: noqa: E501

from __future__ import annotations

Turns = tuple[tuple[str, str], ...]  # ("c" for the client's lead or "p" for the provider's, what was said)

AGENDA: dict[str, tuple[str, ...]] = {
    "introductions": ("introduce", "my name", "my role", "team"),
    "company": ("company", "our customers", "founded", "what we do"),
    "tasks": ("task", "duties", "who does what", "responsible"),
    "expectations": ("expect", "standard", "good result", "quality"),
    "timelines": ("deadline", "schedule", "by when", "milestone"),
    "payments": ("invoice", "pay", "rate", "bank"),
    "systems and access": ("login", "password", "account", "tool"),
    "decisions and questions": ("decide", "approve", "ask", "contact"),
}

OPENING: tuple[Turns, ...] = (
    (("c", "Good morning, can everybody hear me?"), ("p", "Yes, loud and clear. Good afternoon from our side.")),
    (
        ("c", "Hello, I think we are complete now."),
        ("p", "Hello. One colleague had trouble with the sound, all fine now."),
    ),
    (("p", "Good afternoon, thanks for the invitation."), ("c", "Thanks for coming. Let us begin.")),
)
CLOSING: tuple[Turns, ...] = (
    (("c", "That was all I had for today. Thank you."), ("p", "Thank you, have a nice day.")),
    (("p", "Nothing else from us."), ("c", "Then we stop here. Have a good evening.")),
    (("c", "I will send my notes around this afternoon."), ("p", "Great, thanks. Bye.")),
)

TALK: dict[str, tuple[Turns, ...]] = {
    "introductions": (
        (
            ("c", "Let us go around once so that everybody knows who is who. I lead the project here, I have been with the firm nine years."),
            ("p", "I introduce our side: I head the team, and these are the four colleagues you will hear from every day."),
        ),
        (
            ("p", "My name you know from the mails, my role is team lead. With me are two assistants and a specialist."),
            ("c", "Nice to meet you. I coordinate the office, and next to me sits the colleague who ran this before."),
        ),
        (
            ("c", "Please each say your name, where you live and what you have worked on before."),
            ("p", "I go first. I have done back-office work for eleven years, mostly for shops, and I live near the sea."),
        ),
    ),
    "company": (
        (
            ("c", "A word about us as a company: we started in a garage in 1998, there are forty of us now, and most of our customers are small shops."),
            ("p", "Good to know. We wondered how large you are and who buys from you."),
        ),
        (
            ("c", "What our business lives from is repeat orders. Our values are simple: keep promises and be friendly."),
            ("p", "And how did the firm begin? Our people like to know the history."),
        ),
        (
            ("c", "I show you two slides on who we are, what we sell and how our departments hang together."),
            ("p", "Thank you, now the organisation is much clearer to us."),
        ),
    ),
    "tasks": (
        (
            ("c", "Now the work itself. You take over the invoice runs and the customer mail; the figures for the management stay with us."),
            ("p", "So the responsibilities are: two of us on the mail, one on the runs. What is in the list and what is out of it is clear."),
        ),
        (
            ("p", "Which tasks exactly do we begin with?"),
            ("c", "With the product pages and the data entry. I have written down the scope: who does what, step by step."),
        ),
        (
            ("c", "Here is the list of duties. The first six are yours from the start, the rest we hand over one after the other."),
            ("p", "We go through the tasks once together and note who is responsible for each."),
        ),
    ),
    "expectations": (
        (
            ("c", "What I expect: a customer gets an answer the same day, and an error is told to us before the customer notices."),
            ("p", "And we expect to hear early when priorities change. That is how we define good work on both sides."),
        ),
        (
            ("p", "How will you judge whether the result is good? What quality do you have in mind?"),
            ("c", "Fewer than two errors in a hundred, and a friendly tone. That is the standard; we look at it every month."),
        ),
        (
            ("c", "We wrote down what success means for us after half a year, and I would like to hear what you expect of us."),
            ("p", "We expect feedback, also when something was done well, and clear requirements."),
        ),
    ),
    "timelines": (
        (
            ("c", "About the calendar: the first batch is due by the end of the month, the second milestone is in April."),
            ("p", "Then we plan two weeks for learning and keep the last days before each deadline free."),
        ),
        (
            ("p", "By when do you need the first delivery?"),
            ("c", "On the twentieth. The schedule for the quarter is in the shared calendar, with all due dates."),
        ),
        (
            ("c", "We go live in three phases, one a month. The timeline is tight in the second."),
            ("p", "The dates work for us, except for the week of our holidays."),
        ),
    ),
    "payments": (
        (
            ("p", "We send our invoice on the last day of the month. When do you pay?"),
            ("c", "Within fourteen days, by bank transfer, at the hourly rate of the contract."),
        ),
        (
            ("c", "On money: billing is monthly, the rate is fixed for a year, overtime needs a yes from me beforehand."),
            ("p", "Fine. Our bank details are on the first invoice; payment is in euros."),
        ),
        (
            ("p", "One question about payments: who approves our hours before we bill them?"),
            ("c", "I do, on the second of each month, and accounting pays the bill a week later."),
        ),
    ),
    "systems and access": (
        (
            ("c", "Your logins for the ticket system come today. For the accounts you need the second factor on your phone."),
            ("p", "Two of us still have no access to the shared drive; could you have that opened?"),
        ),
        (
            ("p", "Which tools do we work in, and who gives us the passwords?"),
            ("c", "The shop software and the ticket tool. IT sets up your accounts, the permissions are in the list."),
        ),
        (
            ("c", "I share my screen and show the software: here you log in, here are the folders you have rights for."),
            ("p", "The VPN works on our machines. We tested every account yesterday."),
        ),
    ),
    "decisions and questions": (
        (
            ("p", "When something is unclear, whom do we ask, and who decides?"),
            ("c", "Questions go into the team channel first. Up to two hundred euros you decide alone, above that it is my decision."),
        ),
        (
            ("c", "If you get stuck, call me. If I am away, my deputy approves, so that no decision waits longer than a day."),
            ("p", "So the point of contact is you, and the escalation goes to the deputy."),
        ),
        (
            ("c", "Any questions, please ask right away; nobody minds. Discounts are the only thing for which you need approval."),
            ("p", "Then we collect our questions each noon and you answer them in one go."),
        ),
    ),
}  # fmt: skip

WEEKLY: tuple[Turns, ...] = (
    (
        ("c", "How was the week?"),
        ("p", "Busy. Thirty-one mails on Monday alone, all answered by Tuesday evening."),
        ("c", "The run on Thursday had two doubles in it, did you see where they came from?"),
        ("p", "From the old address list. It is cleaned up."),
        ("c", "Good. Next week will be quieter."),
    ),
    (
        ("p", "We have nine tickets left over from last week, three of them wait for the warehouse."),
        ("c", "I will give the warehouse a call."),
        ("p", "The pictures for the spring range have arrived, half of the pages are up."),
        ("c", "They look nice. The third one shows the wrong colour."),
        ("p", "Changed it just now."),
    ),
    (
        ("c", "Let us look at the board. Column two is rather full."),
        ("p", "Those are the returns from the sale. We should be through by Wednesday."),
        ("c", "And the monthly figures?"),
        ("p", "Finished this morning, the file is where it always is."),
        ("c", "Perfect, see you on Monday."),
    ),
)
