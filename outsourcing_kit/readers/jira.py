"""Jira: issues and their comments, as "Export CSV (all fields)" of the cloud or of a server writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.chat import Comment, add_comments
from outsourcing_kit.readers.draft import Draft, Who, acceptance, moments
from outsourcing_kit.readers.opening import Grid, Source
from outsourcing_kit.text import folded
from outsourcing_kit.written import Times, times

NAME, KEY = "issues of Jira (CSV)", "jira"
# English, German, French, Spanish, Portuguese, Russian.
_NAMES = {
    "key": (
        "Issue key", "Key", "Vorgangsschlüssel", "Clé de ticket", "Clave de incidencia", "Chave da item",
        "Ключ проблемы",
    ),
    "title": ("Summary", "Zusammenfassung", "Résumé", "Resumen", "Resumo", "Тема"),
    "kind": (
        "Issue Type", "Work type", "Vorgangstyp", "Type de ticket", "Tipo de incidencia", "Tipo de item", "Тип задачи",
    ),
    "person": (
        "Assignee", "Zugewiesene Person", "Bearbeiter", "Responsable", "Persona asignada", "Responsável", "Исполнитель",
    ),
    "requester": ("Reporter", "Autor", "Rapporteur", "Informador", "Relator", "Автор"),
    "requested": ("Created", "Erstellt", "Création", "Creada", "Criado", "Создано"),
    "delivered": ("Resolved", "Erledigt", "Résolue", "Resuelta", "Resolvido", "Дата решения"),
    "due": ("Due date", "Fälligkeitsdatum", "Échéance", "Fecha de vencimiento", "Data limite", "Срок исполнения"),
    "topic": ("Labels", "Stichwörter", "Étiquettes", "Etiquetas", "Rótulos", "Метки"),
    "text": ("Description", "Beschreibung", "Descripción", "Descrição", "Описание"),
    "size": ("Custom field (Story point estimate)", "Custom field (Story Points)"),
    "estimated": ("Original estimate", "Σ Original Estimate"),
    "spent": ("Time Spent", "Σ Time Spent"),
}  # fmt: skip
_EPIC = {"epic", "эпик", "épica", "épico", "épopée"}
_IDEA = re.compile(r"suggestion|proposal|idea|vorschlag|sugerencia|sugestão|предложение", re.IGNORECASE)


def is_mine(source: Source) -> bool:
    """Whether its header has Jira's key, type and day of creation, in a language known here."""
    grid = source.header
    return all(any(name in grid for name in _NAMES[field]) for field in ("key", "kind", "requested"))


def read(source: Source, ask: Ask) -> Draft:
    """Issues as `work`, suggestions as `proposals`, comments as `messages`; what has both times as `estimates`."""
    grid, draft = source.grid, Draft()
    cells = pd.DataFrame({field: grid.get(*names) for field, names in _NAMES.items()}, dtype=object)
    # The header has Comment once for each comment of the issue that has most of them.
    said = grid.all("Comment")
    order = ask.order(*(cells[name] for name in ("requested", "delivered", "due")))
    # The file holds no offset, and the zone is a setting of whoever exported.
    draft.zone = ask.zone("In which time zone does Jira show its times (the exporter's profile)?")
    draft.meet(Who(name) for name in pd.unique(cells[["person", "requester"]].to_numpy().ravel()))
    for field in ("requested", "delivered", "due"):
        found = times(cells[field].tolist(), order)
        draft.leave_out(f"times of {field} that cannot be read", int(found.unread.sum()))
        cells[field] = moments(_day(found) if field == "due" else found)
    # An idea that somebody is in charge of was taken up: it is work.
    idea = cells["kind"].str.contains(_IDEA) & (cells["person"] == "")
    epic = cells["kind"].map(folded).isin(_EPIC)
    idle = ~epic & ~idea & (cells["person"] == "")
    draft.leave_out("epics, which only hold other issues", int(epic.sum()))
    draft.leave_out("issues without anybody in charge", int(idle.sum()))
    _add_work(draft, cells[~epic & ~idea & ~idle], ask)
    ideas, why = cells[idea], "an issue whose type is a suggestion, with nobody in charge, is a proposal"
    draft.suggest(ideas["key"], ideas["requester"], ideas["requested"], ideas["delivered"], why)
    _add_comments(draft, cells, said, grid, order)
    return draft


def _day(found: Times) -> Times:
    """Jira writes a due day as its midnight."""
    midnight = found.local == found.local.astype("datetime64[D]")
    return found._replace(is_day=found.is_day | midnight)


def _add_work(draft: Draft, work: pd.DataFrame, ask: Ask) -> None:
    if not len(work):
        return
    # Jira counts in seconds.
    seconds = {name: pd.to_numeric(work[name], errors="coerce") / 3600 for name in ("spent", "estimated")}
    ended = work["delivered"].notna() & (work["delivered"] != "")
    columns = {
        name: work[name] for name in ("person", "kind", "topic", "requested", "due", "delivered", "size", "requester")
    }
    done = "Does the client accept an issue by setting it to Done?"
    accepted = acceptance(draft, ask, work["delivered"], done, "Jira", "an issue that is done")
    text = work["title"] + work["text"].map(lambda text: f"\n{text}" if text else "")
    draft.add("work", {"item": work["key"], **columns, "accepted": accepted, "hours": seconds["spent"], "text": text})
    # Of work that is still going on the time spent is not all of it yet.
    both = ended & seconds["spent"].notna() & seconds["estimated"].notna()
    draft.add("estimates", {
        "item": work["key"][both], "reference_class": work["kind"][both], "estimated": seconds["estimated"][both],
        "actual": seconds["spent"][both], "unit": ["hours"] * int(both.sum()), "status": ["finished"] * int(both.sum()),
    })  # fmt: skip


def _add_comments(draft: Draft, cells: pd.DataFrame, said: list[Sequence[str]], grid: Grid, order: str) -> None:
    ids = _people_by_id(grid)
    found = []
    issues = list(zip(cells["key"], cells["person"], cells["requester"], strict=True))
    for number, column in enumerate(said, start=1):
        for (key, *pair), comment in zip(issues, column, strict=True):
            if comment:
                # A comment is its time, its writer and its text, which may hold semicolons of its own.
                written, _, rest = comment.partition(";")
                author, _, body = rest.partition(";")
                found.append(Comment(f"{key}-{number}", key, tuple(pair), ids.get(author, author), written, body))
    read = times([str(each.sent) for each in found], order)
    draft.leave_out("comments whose time cannot be read", int(read.unread.sum()))
    sent = zip(found, moments(read).tolist(), read.unread, strict=True)
    add_comments(draft, (each._replace(sent=moment) for each, moment, bad in sent if not bad), {})


def _people_by_id(grid: Grid) -> dict[str, str]:
    """Comments name their writers by number; the issues' own columns have both."""
    pairs = ((name, f"{name} Id") for name in ("Assignee", "Reporter", "Creator"))
    return {
        number: person
        for name, with_id in pairs
        for person, number in zip(grid.get(name), grid.get(with_id), strict=True)
        if person and number
    }
